import type { Engine } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { type FloatTensor, float32 } from '../../numbers/tensor.ts';
import { copyRow } from '../../numbers/tensor-rows.ts';
import type { AliveFeatures } from '../../record/alive-features.ts';
import { readsProgram } from '../../record/programs.ts';
import { encoderRowsOf } from '../../sae/encoder-rows.ts';
import { wiringProgram, writesProgram } from './programs.ts';

export interface Connection {
  readonly layer: number;
  readonly sae: string;
  readonly feature: number;
  /** The head of the reading layer through which it is strongest. */
  readonly head: number;
  readonly value: number;
}

export interface LayerWiringJob {
  readonly engine: Engine;
  readonly model: Model;
  readonly reader: AliveFeatures;
  readonly lower: AliveFeatures;
  /** Connections wanted of each feature. */
  readonly wanted: number;
}

/** Decoder rows of one run of writesProgram. */
const rowsPerRun = 1024;
/** Numbers of one head's block of the wiring matrix, about. */
const blockSize = 1 << 22;

/**
 * The strongest connections of a layer's alive features with a lower layer's, by magnitude: `take` hears of each feature's, as
 * many as wanted. 2·targets·features·dIn floating-point operations.
 */
export async function wireLayers(
  job: LayerWiringJob,
  take: (feature: number, candidates: readonly Connection[]) => void,
): Promise<void> {
  const { engine, model, reader, lower } = job;
  const count = lower.alive.length;
  if (count === 0 || reader.alive.length === 0) return;
  const writes = await writesOf(job);
  const k = Math.min(job.wanted, count);
  const targets = Math.max(1, Math.min(reader.alive.length, Math.floor(blockSize / count)));
  const strongestTo = await engine.compile(wiringProgram(writes, targets, k));
  const encoder = float32([targets, reader.sae.dIn]);
  const encoderRows = encoderRowsOf(reader.sae);
  const readsOf = await engine.compile(readsProgram(model, reader.sae, targets));
  const width = model.config.nHeads * model.config.dHead;
  for (let first = 0; first < reader.alive.length; first += targets) {
    const block = reader.alive.slice(first, first + targets);
    for (const [row, feature] of block.entries()) copyRow(encoderRows, feature, encoder, row);
    const { reads } = await readsOf({ encoder });
    const { ids } = await strongestTo({ reads });
    for (const [row, feature] of block.entries()) {
      const own = reads.data.subarray(row * width, (row + 1) * width);
      take(
        feature,
        Array.from(ids.data.subarray(row * k, (row + 1) * k), (at) => ({
          layer: lower.sae.layer,
          sae: lower.sae.id,
          feature: lower.alive[at],
          ...strongestHead(own, writes, at),
        })),
      );
    }
  }
  await Promise.all([strongestTo.dispose(), readsOf.dispose()]);
}

/** By head of the reading layer: [alive feature, dHead]. */
async function writesOf({ engine, model, reader, lower }: LayerWiringJob): Promise<FloatTensor[]> {
  const { nHeads, dHead } = model.config;
  const { sae, alive } = lower;
  const rows = Math.min(rowsPerRun, alive.length);
  const run = await engine.compile(writesProgram(model, reader.sae.layer, sae, rows));
  const heads = Array.from({ length: nHeads }, () => float32([alive.length, dHead]));
  const decoder = float32([rows, sae.dIn]);
  for (let first = 0; first < alive.length; first += rows) {
    const block = alive.slice(first, first + rows);
    for (const [row, feature] of block.entries()) {
      copyRow(sae.wDec, feature, decoder, row);
    }
    const { data } = (await run({ decoder })).writes;
    for (const [head, { data: own }] of heads.entries()) {
      const start = head * rows * dHead;
      own.set(data.subarray(start, start + block.length * dHead), first * dHead);
    }
  }
  await run.dispose();
  return heads;
}

/** Head and value of the largest magnitude of reads^h·writes^h at one lower feature. */
function strongestHead(reads: Float32Array, writes: readonly FloatTensor[], at: number) {
  let best = { head: 0, value: 0 };
  for (const [head, { data, shape }] of writes.entries()) {
    const dHead = shape[1];
    let value = 0;
    for (let d = 0; d < dHead; d++) value += reads[head * dHead + d] * data[at * dHead + d];
    if (Math.abs(value) > Math.abs(best.value)) best = { head, value };
  }
  return best;
}
