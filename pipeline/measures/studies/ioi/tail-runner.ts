import type { Engine } from '../../../engine/program.ts';
import type { Model } from '../../../model/model.ts';
import { float32, int32 } from '../../../numbers/tensor.ts';
import { placeName } from '../../../record/programs.ts';
import type { Place } from '../../../sae/sae.ts';
import { type TailShape, tailProgram } from './programs.ts';
import type { Snapshot } from './snapshots.ts';

/** What is added at the changed position to the activations of a place, by placeName, of layers `first` and later. */
export type Change = ReadonlyMap<string, Float32Array>;

interface TailResult {
  /** The logit difference after each change. */
  readonly difference: Float32Array;
  /** z [dIn] at the end after a change, of a layer later than `first`. */
  z(row: number, layer: number): Float32Array;
}

export interface TailRunner {
  /** Runs one prompt with each of the changes, `rows` at a time. */
  run(snapshot: Snapshot, changes: readonly Change[]): Promise<TailResult>;
  dispose(): Promise<void>;
}

export type ChangedAt = 's2' | 'end';

export interface TailCost {
  tailRuns: number;
  tailRows: number;
}

export interface TailOptions extends TailShape {
  readonly engine: Engine;
  readonly model: Model;
  readonly first: number;
  readonly changedAt: ChangedAt;
  /** Counts what was run. */
  readonly cost: TailCost;
}

/** Compiles the tails of prompts of one shape, from a layer on, changed at the second subject or at the end. */
export async function openTails(options: TailOptions): Promise<TailRunner> {
  const { engine, model, first, rows, cost } = options;
  const { nLayers, nHeads, dHead } = model.config;
  const dIn = nHeads * dHead;
  const runTail = await engine.compile(tailProgram(model, first, options));
  const layers = Array.from({ length: nLayers - first }, (_, i) => first + i);
  return {
    async run(snapshot, changes) {
      const fixed = fixedInputs(options, snapshot, layers);
      const difference = new Float32Array(changes.length);
      const later = new Map(layers.slice(1).map((layer) => [layer, new Float32Array(changes.length * dIn)]));
      for (let at = 0; at < changes.length; at += rows) {
        const own = changes.slice(at, at + rows);
        const outputs = await runTail({ ...fixed, changes: changeInputs(own, options, layers) });
        cost.tailRuns++;
        cost.tailRows += own.length;
        difference.set(outputs.difference.data.subarray(0, own.length), at);
        for (const [layer, data] of later) data.set(outputs.z[layer].data.subarray(0, own.length * dIn), at * dIn);
      }
      return {
        difference,
        z: (row, layer) => later.get(layer)?.subarray(row * dIn, (row + 1) * dIn) ?? new Float32Array(),
      };
    },
    dispose: () => runTail.dispose(),
  };
}

function changeInputs(changes: readonly Change[], { model, rows, outputs }: TailOptions, layers: readonly number[]) {
  const { nHeads, dHead, dModel } = model.config;
  const at = (place: Place, width: number) => {
    const tensor = float32([rows, 1, width]);
    changes.forEach((change, row) => {
      const own = change.get(placeName(place));
      if (own) tensor.data.set(own, row * width);
    });
    return [place.layer, tensor] as const;
  };
  const changed = layers.filter((layer) => outputs.includes(layer));
  return {
    z: Object.fromEntries(layers.map((layer) => at({ layer, site: 'z' }, nHeads * dHead))),
    attn_out: Object.fromEntries(changed.map((layer) => at({ layer, site: 'attn_out' }, dModel))),
  };
}

function fixedInputs(options: TailOptions, { prompt, layers: all }: Snapshot, layers: readonly number[]) {
  const { model, first, length, tail, changedAt } = options;
  const { nHeads, dHead, dModel } = model.config;
  const start = prompt.places.end - tail + 1;
  const stream = all[first].stream;
  const where = float32([1, tail, 1]);
  where.data[prompt.places[changedAt] - start] = 1;
  return {
    stream: float32([1, tail, dModel], stream.subarray(stream.length - tail * dModel)),
    mask: float32([tail, length + tail], maskOf(start, length, tail)),
    where,
    positions: int32(
      [tail],
      Int32Array.from({ length: tail }, (_, i) => start + i),
    ),
    io: int32([1], Int32Array.of(prompt.io)),
    s: int32([1], Int32Array.of(prompt.s)),
    memory: Object.fromEntries(
      layers.map((layer) => [
        layer,
        {
          key: float32([1, nHeads, length, dHead], all[layer]?.key),
          value: float32([1, nHeads, length, dHead], all[layer]?.value),
        },
      ]),
    ),
  };
}

/** The memory before the tail is seen by all of it; the tail sees itself causally. */
function maskOf(start: number, length: number, tail: number): Float32Array {
  const mask = new Float32Array(tail * (length + tail)).fill(-1e9);
  for (let t = 0; t < tail; t++) {
    const row = t * (length + tail);
    mask.fill(0, row, row + start);
    mask.fill(0, row + length, row + length + t + 1);
  }
  return mask;
}
