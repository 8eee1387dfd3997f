import type { Engine, Executable, HostTensors } from '../../../engine/program.ts';
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
  const executable = await engine.compile(tailProgram(model, first, options));
  const layers = Array.from({ length: nLayers - first }, (_, i) => first + i);
  const places = layers.flatMap((layer) => [
    { layer, site: 'z' } as const,
    ...(options.outputs.includes(layer) ? [{ layer, site: 'attn_out' } as const] : []),
  ]);
  return {
    async run(snapshot, changes) {
      const fixed = fixedInputs(options, snapshot, layers);
      const difference = new Float32Array(changes.length);
      const later = new Map(layers.slice(1).map((layer) => [layer, new Float32Array(changes.length * dIn)]));
      for (let at = 0; at < changes.length; at += rows) {
        const own = changes.slice(at, at + rows);
        const outputs = await runRows(executable, { ...fixed, ...changeInputs(own, options, places) });
        cost.tailRuns++;
        cost.tailRows += own.length;
        difference.set(rowsOf(outputs, 'difference', own.length), at);
        for (const [layer, data] of later) data.set(rowsOf(outputs, `z.${layer}`, own.length * dIn), at * dIn);
      }
      return {
        difference,
        z: (row, layer) => later.get(layer)?.subarray(row * dIn, (row + 1) * dIn) ?? new Float32Array(),
      };
    },
    dispose: () => executable.dispose(),
  };
}

const runRows = (executable: Executable, inputs: HostTensors) => executable.run(inputs);

function rowsOf(outputs: HostTensors, name: string, count: number): Float32Array {
  const data = outputs[name]?.data;
  if (!(data instanceof Float32Array)) throw new Error(`a tail gave no float32 ${name}`);
  return data.subarray(0, count);
}

function changeInputs(changes: readonly Change[], { model, rows }: TailOptions, places: readonly Place[]): HostTensors {
  const { nHeads, dHead, dModel } = model.config;
  const inputs = places.map((place) => {
    const width = place.site === 'z' ? nHeads * dHead : dModel;
    const tensor = float32([rows, 1, width]);
    changes.forEach((change, row) => {
      const own = change.get(placeName(place));
      if (own) tensor.data.set(own, row * width);
    });
    return [`change.${placeName(place)}`, tensor];
  });
  return Object.fromEntries(inputs);
}

function fixedInputs(options: TailOptions, { prompt, layers: all }: Snapshot, layers: readonly number[]): HostTensors {
  const { model, first, length, tail, changedAt } = options;
  const { nHeads, dHead, dModel } = model.config;
  const start = prompt.places.end - tail + 1;
  const stream = all[first]?.stream ?? new Float32Array();
  const where = float32([1, tail, 1]);
  where.data[prompt.places[changedAt] - start] = 1;
  const inputs: Record<string, HostTensors[string]> = {
    stream: float32([1, tail, dModel], stream.subarray(stream.length - tail * dModel)),
    mask: float32([tail, length + tail], maskOf(start, length, tail)),
    where,
    positions: int32(
      [tail],
      Int32Array.from({ length: tail }, (_, i) => start + i),
    ),
    io: int32([1], Int32Array.of(prompt.io)),
    s: int32([1], Int32Array.of(prompt.s)),
  };
  for (const layer of layers) {
    inputs[`key.${layer}`] = float32([1, nHeads, length, dHead], all[layer]?.key);
    inputs[`value.${layer}`] = float32([1, nHeads, length, dHead], all[layer]?.value);
  }
  return inputs;
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
