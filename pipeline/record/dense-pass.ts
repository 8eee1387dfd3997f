import type { CompiledBy } from '../engine/program.ts';
import { roomFor } from '../engine/tensor-tree.ts';
import { firstNonFinite, NonFinite } from '../errors/non-finite.ts';
import { greatest } from '../numbers/extremes.ts';
import { type FloatTensor, float32, int32, sizeOf } from '../numbers/tensor.ts';
import type { Place, Sae } from '../sae/sae.ts';
import type { CorpusPass } from './corpus-pass.ts';
import { type HeadPeaks, peakLayers } from './head-peaks.ts';
import { encodeProgram, forwardProgram, placeName } from './programs.ts';
import type { RecordingOptions } from './recording-options.ts';

/** Activations of one SAE that are encoded together: 32 MiB, or those of one context. */
const mostActivations = 2 ** 23;

/**
 * The pass where what programs give lies in the host's memory: activations are scanned where they are, and attributions
 * computed of the patterns and values that the forward pass has just left there. Room is used again by every batch, and by
 * blocks of a batch's contexts: all of a batch of 2,048 tokens would be 200 MB of 24,576 features.
 */
export async function openDensePass(options: RecordingOptions, heads: HeadPeaks): Promise<CorpusPass> {
  const { engine, model, saes, contexts, batch } = options;
  const { length } = contexts;
  const program = forwardProgram(model, saes, { batch, length, peaksOf: peakLayers(options) });
  const forward = await engine.compile(program);
  const attention = roomFor(program.outputs);
  const encoders = new Map<string, CompiledBy<typeof encodeProgram>>();
  const blockOf = ({ dSae }: Sae) => greatestDivisor(batch, mostActivations / (length * dSae));
  for (const sae of saes) encoders.set(sae.id, await engine.compile(encodeProgram(sae, blockOf(sae) * length)));
  const room = activationRoom(saes, (sae) => blockOf(sae) * length);
  return {
    async run(recorders, { first, count }) {
      const tokens = int32([batch, length]);
      tokens.data.set(await contexts.read(first, count));
      await forward({ tokens }, attention);
      for (const { sae } of recorders) requireFinite(attention.places[placeName(sae)], sae, first, length);
      heads.take(attention.peaks, first, count);
      for (const recorder of recorders) {
        const { sae } = recorder;
        const block = blockOf(sae);
        const f = room(sae);
        for (let at = 0; at < count; at += block) {
          const x = rowsFrom(attention.places[placeName(sae)], at * length, block * length);
          await encoders.get(sae.id)?.({ x }, { f });
          recorder.take(f.data, first + at, Math.min(block, count - at));
        }
        await recorder.attribute(attention.layers[sae.layer], first);
      }
    },
    async dispose() {
      for (const compiled of [forward, ...encoders.values()]) await compiled.dispose();
    },
  };
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

/** The greatest divisor of a whole number that is no more than `most`, at least 1. */
function greatestDivisor(of: number, most: number): number {
  let divisor = Math.max(1, Math.min(of, Math.floor(most)));
  while (of % divisor !== 0) divisor--;
  return divisor;
}
