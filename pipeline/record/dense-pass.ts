import type { CompiledBy } from '../engine/program.ts';
import { roomFor } from '../engine/tensor-tree.ts';
import { firstNonFinite, NonFinite } from '../errors/non-finite.ts';
import { greatest } from '../numbers/extremes.ts';
import { type FloatTensor, float32, int32, sizeOf } from '../numbers/tensor.ts';
import type { Place, Sae } from '../sae/sae.ts';
import type { CorpusPass } from './corpus-pass.ts';
import { encodeProgram, forwardProgram, placeName } from './programs.ts';
import type { RecordingOptions } from './recording-options.ts';

/**
 * The pass where what programs give lies in the host's memory: activations are scanned where they are, and attributions
 * computed of the patterns and values that the forward pass has just left there. Room is used again by every batch.
 */
export async function openDensePass(options: RecordingOptions): Promise<CorpusPass> {
  const { engine, model, saes, contexts, batch } = options;
  const { length } = contexts;
  const program = forwardProgram(model, saes, batch, length);
  const forward = await engine.compile(program);
  const attention = roomFor(program.outputs);
  const encoders = new Map<string, CompiledBy<typeof encodeProgram>>();
  for (const sae of saes) encoders.set(sae.id, await engine.compile(encodeProgram(sae, batch * length)));
  const room = activationRoom(saes, batch * length);
  return {
    async run(recorders, { first, count }) {
      const tokens = int32([batch, length]);
      tokens.data.set(await contexts.read(first, count));
      await forward({ tokens }, attention);
      for (const { sae } of recorders) requireFinite(attention.places[placeName(sae)], sae, first, length);
      for (const recorder of recorders) {
        const { sae } = recorder;
        const f = room(sae.dSae);
        await encoders.get(sae.id)?.({ x: attention.places[placeName(sae)] }, { f });
        await recorder.record(f.data, attention.layers[sae.layer], first, count);
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
function activationRoom(saes: readonly Sae[], rows: number): (dSae: number) => FloatTensor {
  const widest = new Float32Array(rows * greatest(saes.map((sae) => sae.dSae)));
  return (dSae) => float32([rows, dSae], widest.subarray(0, sizeOf([rows, dSae])));
}
