import type { CompiledBy, Specs } from '../engine/program.ts';
import { flatSpecs, roomFor } from '../engine/tensor-tree.ts';
import { firstNonFinite, NonFinite } from '../errors/non-finite.ts';
import { greatest } from '../numbers/extremes.ts';
import { type FloatTensor, float32, int32, sizeOf } from '../numbers/tensor.ts';
import { itemOf, someRows } from '../numbers/tensor-rows.ts';
import type { Place, Sae } from '../sae/sae.ts';
import type { ContextRange } from './context-range.ts';
import type { CorpusPass } from './corpus-pass.ts';
import type { ContextAttention } from './example-attributions.ts';
import { cachedBatch } from './fitting-batch.ts';
import { type HeadPeaks, peakLayers } from './head-peaks.ts';
import type { LayerRecorder } from './layer-recorder.ts';
import { blockBatch } from './pass-batch.ts';
import { encodeProgram, forwardProgram, placeName } from './programs.ts';
import type { RecordingOptions } from './recording-options.ts';

/** Numbers of attention that are held until attributions are computed of it: 32 MiB of float32. */
const mostHeld = 2 ** 23;

/**
 * The pass where what programs give lies in the host's memory: activations are scanned where they are, and attributions
 * computed of the patterns and values that the forward pass has left there. A batch is run in blocks of contexts that the
 * cache holds, on a CPU in 0.7 of the time that a whole batch of 16 takes. Attributions wait for some blocks more: most
 * examples that enter the top early in a corpus have left it by then. Room is used again once they are computed.
 */
export async function openDensePass(options: RecordingOptions, heads: HeadPeaks): Promise<CorpusPass> {
  const { engine, model, saes, contexts } = options;
  const { length } = contexts;
  const batch = blockBatch(options.batch, length, model.config, engine);
  const program = forwardProgram(model, saes, { batch, length, peaksOf: peakLayers(options) });
  const forward = await engine.compile(program);
  const rooms = [roomFor(program.outputs)];
  const mostRooms = Math.max(1, Math.floor(mostHeld / numbersIn(program.outputs)));
  /** What the rooms hold, in their order. */
  const held: ContextRange[] = [];
  const encoders = new Map<string, CompiledBy<typeof encodeProgram>>();
  const encoded = ({ dSae }: Sae) => cachedBatch(batch, length, length * dSae);
  for (const sae of saes) encoders.set(sae.id, await engine.compile(encodeProgram(sae, encoded(sae) * length)));
  const places = new Map(saes.map((sae) => [placeName(sae), sae]));
  const room = activationRoom(saes, (sae) => encoded(sae) * length);

  async function take(recorder: LayerRecorder, x: FloatTensor, { first, count }: ContextRange): Promise<void> {
    const { sae } = recorder;
    const block = encoded(sae);
    const f = room(sae);
    for (let at = 0; at < count; at += block) {
      await encoders.get(sae.id)?.({ x: someRows(x, at * length, block * length) }, { f });
      recorder.take(f.data, first + at, Math.min(block, count - at));
    }
  }

  function attentionOf(layer: number, context: number): ContextAttention {
    const room = held.findIndex(({ first, count }) => context >= first && context < first + count);
    const { pattern, value } = rooms[room].layers[layer];
    const at = context - held[room].first;
    return { pattern: itemOf(pattern, at), value: itemOf(value, at) };
  }

  async function settle(recorders: readonly LayerRecorder[]): Promise<void> {
    for (const recorder of recorders) await recorder.attribute((context) => attentionOf(recorder.sae.layer, context));
    held.length = 0;
  }

  return {
    async run(recorders, range) {
      for (const block of blocksOf(range, batch)) {
        const { first, count } = block;
        const tokens = int32([batch, length]);
        tokens.data.set(await contexts.read(first, count));
        rooms[held.length] ??= roomFor(program.outputs);
        const room = rooms[held.length];
        await forward({ tokens }, room);
        for (const [name, place] of places) requireFinite(room.places[name], place, first, length);
        heads.take(room.peaks, first, count);
        for (const recorder of recorders) await take(recorder, room.places[placeName(recorder.sae)], block);
        held.push(block);
        if (held.length === mostRooms) await settle(recorders);
      }
    },
    settle,
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

const numbersIn = (specs: Specs): number => flatSpecs(specs).reduce((sum, [, { shape }]) => sum + sizeOf(shape), 0);
