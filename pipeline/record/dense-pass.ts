import type { CompiledBy } from '../engine/program.ts';
import { roomFor } from '../engine/tensor-tree.ts';
import { firstNonFinite, NonFinite } from '../errors/non-finite.ts';
import { greatest } from '../numbers/extremes.ts';
import { type FloatTensor, float32, int32, sizeOf } from '../numbers/tensor.ts';
import type { Place, Sae } from '../sae/sae.ts';
import type { ContextRange } from './context-range.ts';
import type { CorpusPass } from './corpus-pass.ts';
import { cachedBatch } from './fitting-batch.ts';
import { type HeadPeaks, peakLayers } from './head-peaks.ts';
import type { LayerRecorder } from './layer-recorder.ts';
import { blockBatch } from './pass-batch.ts';
import { encodeProgram, forwardProgram, placeName } from './programs.ts';
import type { RecordingOptions } from './recording-options.ts';

/**
 * The pass where what programs give lies in the host's memory: activations are scanned where they are, and attributions
 * computed of the patterns and values that the forward pass has just left there. A batch is run in blocks of contexts that
 * the cache holds, on a CPU in 0.7 of the time that a whole batch of 16 takes, and their room is used again by the next.
 */
export async function openDensePass(options: RecordingOptions, heads: HeadPeaks): Promise<CorpusPass> {
  const { engine, model, saes, contexts } = options;
  const { length } = contexts;
  const batch = blockBatch(options.batch, length, model.config, engine);
  const program = forwardProgram(model, saes, { batch, length, peaksOf: peakLayers(options) });
  const forward = await engine.compile(program);
  const attention = roomFor(program.outputs);
  const encoders = new Map<string, CompiledBy<typeof encodeProgram>>();
  const encoded = ({ dSae }: Sae) => cachedBatch(batch, length, length * dSae);
  for (const sae of saes) encoders.set(sae.id, await engine.compile(encodeProgram(sae, encoded(sae) * length)));
  const room = activationRoom(saes, (sae) => encoded(sae) * length);

  async function take(recorder: LayerRecorder, first: number, count: number): Promise<void> {
    const { sae } = recorder;
    const block = encoded(sae);
    const f = room(sae);
    for (let at = 0; at < count; at += block) {
      const x = rowsFrom(attention.places[placeName(sae)], at * length, block * length);
      await encoders.get(sae.id)?.({ x }, { f });
      recorder.take(f.data, first + at, Math.min(block, count - at));
    }
    await recorder.attribute(attention.layers[sae.layer], first);
  }

  return {
    async run(recorders, range) {
      for (const { first, count } of blocksOf(range, batch)) {
        const tokens = int32([batch, length]);
        tokens.data.set(await contexts.read(first, count));
        await forward({ tokens }, attention);
        for (const { sae } of recorders) requireFinite(attention.places[placeName(sae)], sae, first, length);
        heads.take(attention.peaks, first, count);
        for (const recorder of recorders) await take(recorder, first, count);
      }
    },
    async dispose() {
      for (const compiled of [forward, ...encoders.values()]) await compiled.dispose();
    },
  };
}

function* blocksOf({ first, count }: ContextRange, size: number): Generator<ContextRange> {
  for (let at = 0; at < count; at += size) yield { first: first + at, count: Math.min(size, count - at) };
}

/** NaN or infinity anywhere in a layer's attention shows in its z, and in what comes of it. */
function requireFinite(x: FloatTensor, { layer, site }: Place, firstContext: number, length: number): void {
  const at = firstNonFinite(x.data);
  if (at < 0) return;
  const row = Math.floor(at / x.shape[1]);
  const place = `context ${firstContext + Math.floor(row / length)}, position ${row % length}`;
  throw new NonFinite(`${site} of layer ${layer} at ${place}, in the forward pass,`, x.data[at]);
}

/** One block of memory for activations [rows, dSae], shared by SAEs of every width. */
function activationRoom(saes: readonly Sae[], rowsOf: (sae: Sae) => number): (sae: Sae) => FloatTensor {
  const widest = new Float32Array(greatest(saes.map((sae) => rowsOf(sae) * sae.dSae)));
  return (sae) => {
    const shape = [rowsOf(sae), sae.dSae];
    return float32(shape, widest.subarray(0, sizeOf(shape)));
  };
}

/** Rows of a matrix, without a copy. */
function rowsFrom({ shape: [, columns], data }: FloatTensor, first: number, count: number): FloatTensor {
  return float32([count, columns], data.subarray(first * columns, (first + count) * columns));
}
