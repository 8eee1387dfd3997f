import type { Model } from '../../../model/model.ts';
import { float32, int32 } from '../../../numbers/tensor.ts';
import { placeName } from '../../../record/programs.ts';
import type { Place } from '../../../sae/sae.ts';
import type { TailPack } from './pack-tails.ts';
import type { PackSize } from './programs.ts';
import type { Snapshot } from './snapshots.ts';

/** The unchanged stream that enters a layer at a position of the prompt's own tail. */
export function streamAt({ layers, prompt }: Snapshot, layer: number, position: number, dModel: number): Float32Array {
  const { stream } = layers[layer];
  const from = stream.length - (prompt.places.end - position + 1) * dModel;
  return stream.subarray(from, from + dModel);
}

/** A tail sees what it remembers of its own prompt, and itself causally: [tokens, memory + tokens]. */
export function maskOf({ tails, used }: TailPack, { tokens, memory }: PackSize) {
  const width = memory + tokens;
  const mask = new Float32Array(tokens * width).fill(-1e9);
  for (const { start, end, at, slot } of tails) {
    for (let token = at; token <= at + end - start; token++) {
      mask.fill(0, token * width + slot.at, token * width + slot.at + slot.count);
      mask.fill(0, token * width + memory + at, token * width + memory + token + 1);
    }
  }
  for (let token = used; token < tokens; token++) mask[token * width + memory + token] = 0;
  return float32([tokens, width], mask);
}

export function positionsOf({ tails, slots }: TailPack, { tokens, memory }: PackSize, length: number) {
  const [positions, remembered] = [int32([tokens]), int32([memory])];
  for (const { start, end, at } of tails) {
    for (let position = start; position <= end; position++) positions.data[at + position - start] = position;
  }
  for (const { count, at } of slots) for (let i = 0; i < count; i++) remembered.data[at + i] = Math.min(i, length - 1);
  return { positions, remembered };
}

/** Keys and values of what is remembered: [1, head, memory, dHead] each. */
export function memoryOf(
  { slots }: TailPack,
  layer: number,
  { memory }: PackSize,
  { config: { nHeads, dHead } }: Model,
) {
  const [key, value] = [0, 0].map(() => float32([1, nHeads, memory, dHead]));
  for (const { snapshot, count, at } of slots) {
    const own = snapshot.layers[layer];
    const length = own.key.length / (nHeads * dHead);
    for (let head = 0; head < nHeads; head++) {
      const [from, to] = [head * length * dHead, (head * memory + at) * dHead];
      key.data.set(own.key.subarray(from, from + count * dHead), to);
      value.data.set(own.value.subarray(from, from + count * dHead), to);
    }
  }
  return { key, value };
}

interface Widths {
  readonly tokens: number;
  readonly dIn: number;
  readonly dModel: number;
}

export function changesOf({ tails }: TailPack, layer: number, sites: readonly Place['site'][], widths: Widths) {
  const { tokens, dIn, dModel } = widths;
  return Object.fromEntries(
    sites.map((site) => {
      const width = site === 'z' ? dIn : dModel;
      const tensor = float32([1, tokens, width]);
      for (const { changed, at } of tails)
        addTo(tensor.data, at * width, changed.change.get(placeName({ layer, site })));
      return [site, tensor] as const;
    }),
  );
}

export function addTo(values: Float32Array, at: number, change: Float32Array | undefined): void {
  change?.forEach((value, d) => {
    values[at + d] += value;
  });
}
