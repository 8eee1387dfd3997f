import { type FloatTensor, float32, type Shape } from '../numbers/tensor.ts';
import type { ModelConfig } from './model.ts';
import { tensorShapes } from './tensors.ts';

/** Where a checkpoint keeps one of a transformer's tensors, and how that one is taken out of what is stored. */
export interface Stored {
  /** As the checkpoint names it. */
  readonly name: string;
  /** As other versions of it do. */
  readonly otherNames?: readonly string[];
  /** As it lies there. */
  readonly shape: Shape;
  take(stored: FloatTensor): FloatTensor;
  /** Writes the tensor where `take` found it. */
  put(tensor: FloatTensor, stored: FloatTensor): void;
}

/** A transformer family: how to read its config.json, and where its checkpoints keep each tensor. */
export interface Family {
  /** As config.json's model_type. */
  readonly modelType: string;
  /** Prefixes that a checkpoint may put before every tensor name, the usual one first. */
  readonly prefixes: readonly string[];
  /** Whether a config.json that has no model_type is of this family. */
  readonly claims?: (json: unknown) => boolean;
  /** Reads config.json. Throws UserError naming the field and the file. */
  parseConfig(json: unknown, file: string): ModelConfig;
  /** Each tensor of `tensorShapes`, by its name there. */
  stored(config: ModelConfig): Record<string, Stored>;
}

/** A tensor stored as it is used. */
export const whole = (name: string, shape: Shape): Stored => ({
  name,
  shape,
  take: (stored) => stored,
  put: (tensor, stored) => stored.data.set(tensor.data),
});

/** A tensor of the same numbers under another shape. */
export const reshaped = (name: string, storedShape: Shape, shape: Shape): Stored => ({
  ...whole(name, storedShape),
  take: ({ data }) => float32(shape, data),
});

/** Gains stored as what they exceed 1 by, at `place`. */
export const plusOne = (place: Stored): Stored => ({
  ...place,
  take: (stored) => shifted(place.take(stored), 1),
  put: (tensor, stored) => place.put(shifted(tensor, -1), stored),
});

const shifted = ({ shape, data }: FloatTensor, by: number): FloatTensor =>
  float32(
    shape,
    data.map((value) => value + by),
  );

/** A map [dIn, heads·dHead] stored as [heads, dIn, dHead]. */
export function headsFirst(name: string, shape: Shape, heads: number): Stored {
  const [dIn = 1, width = 1] = shape;
  const dHead = width / heads;
  const each = (copy: (inStored: number, inMap: number) => void) => {
    for (let head = 0; head < heads; head++) {
      for (let row = 0; row < dIn; row++) copy((head * dIn + row) * dHead, row * width + head * dHead);
    }
  };
  return {
    name,
    shape: [heads, dIn, dHead],
    take({ data }) {
      const taken = float32(shape);
      each((from, to) => taken.data.set(data.subarray(from, from + dHead), to));
      return taken;
    },
    put: ({ data }, stored) => each((to, from) => stored.data.set(data.subarray(from, from + dHead), to)),
  };
}

/** A map stored as [dOut, dIn], as PyTorch's Linear keeps it; shape is [dIn, dOut]. */
export const transposed = (name: string, shape: Shape): Stored => turned(whole(name, shape));

/** A matrix at `place` of another that is stored transposed. */
export function turned(place: Stored): Stored {
  const [rows = 1, columns = 1] = place.shape;
  const read = ({ data }: FloatTensor) => float32(place.shape, transpose(data, columns, rows));
  return {
    name: place.name,
    shape: [columns, rows],
    take: (stored) => place.take(read(stored)),
    put(tensor, stored) {
      const matrix = read(stored);
      place.put(tensor, matrix);
      stored.data.set(transpose(matrix.data, rows, columns));
    },
  };
}

/** [rows, columns] → [columns, rows]. */
function transpose(data: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(data.length);
  const block = 32; // both sides of a block fit the cache
  for (let top = 0; top < rows; top += block) {
    const below = Math.min(top + block, rows);
    for (let left = 0; left < columns; left += block) {
      const beyond = Math.min(left + block, columns);
      for (let row = top; row < below; row++) {
        for (let column = left; column < beyond; column++) {
          turned[column * rows + row] = data[row * columns + column];
        }
      }
    }
  }
  return turned;
}

/**
 * The part-th of `parts` equal groups of columns, or of a vector's elements. Where each of `heads` heads keeps its parts
 * side by side, columns are [heads, parts, width].
 */
export function columnPart(name: string, shape: Shape, part: number, parts: number, heads = 1): Stored {
  const width = (shape.at(-1) ?? 1) / heads;
  const rows = (shape.length > 1 ? shape[0] : 1) * heads;
  const each = (copy: (inStored: number, inPart: number) => void) => {
    for (let row = 0; row < rows; row++) copy((row * parts + part) * width, row * width);
  };
  return {
    name,
    shape: [...shape.slice(0, -1), (shape.at(-1) ?? 1) * parts],
    take({ data }) {
      const taken = float32(shape);
      each((from, to) => taken.data.set(data.subarray(from, from + width), to));
      return taken;
    },
    put: ({ data }, stored) => each((to, from) => stored.data.set(data.subarray(from, from + width), to)),
  };
}

/** A checkpoint's names, by ours: those of `inLayer` without `layers.N.`, and behind a prefix of theirs. */
export interface CheckpointNames {
  readonly shared: Readonly<Record<string, string>>;
  readonly inLayer: Readonly<Record<string, string>>;
  prefix(layer: number): string;
}

/** Each tensor of a config at its place in a checkpoint. */
export function storedTensors(
  config: ModelConfig,
  { shared, inLayer, prefix }: CheckpointNames,
  place: (theirs: string, shape: Shape, ours: string) => Stored,
): Record<string, Stored> {
  const entries = Object.entries(tensorShapes(config)).map(([ours, shape]): [string, Stored] => {
    const [, layer, own = ''] = /^layers\.(\d+)\.(.*)$/.exec(ours) ?? [];
    const theirs = layer === undefined ? shared[ours] : inLayer[own];
    if (theirs === undefined) throw new Error(`the family ${config.modelType} has no name for ${ours}`);
    return [ours, place((layer === undefined ? '' : prefix(Number(layer))) + theirs, shape, ours)];
  });
  return Object.fromEntries(entries);
}

/** A transformer's tensors out of a checkpoint's, by the names of `tensorShapes`. Throws RangeError for one that is missing. */
export function weightsFrom(
  family: Family,
  config: ModelConfig,
  checkpoint: Readonly<Record<string, FloatTensor>>,
): Record<string, FloatTensor> {
  const stored = new Map(Object.entries(family.stored(config)));
  return Object.fromEntries(
    Object.keys(tensorShapes(config)).map((name) => {
      const place = stored.get(name);
      const tensor = place && checkpoint[place.name];
      if (!place || !tensor) throw new RangeError(`the checkpoint has no ${place?.name ?? name}`);
      return [name, place.take(tensor)];
    }),
  );
}

/** The tensors that a checkpoint of a config has, with their shapes there. */
export function checkpointShapes(family: Family, config: ModelConfig): Record<string, Shape> {
  return Object.fromEntries(Object.values(family.stored(config)).map(({ name, shape }) => [name, shape]));
}

/** What weightsFrom reads: a checkpoint's tensors from a transformer's. */
export function checkpointFrom(
  family: Family,
  config: ModelConfig,
  weights: Readonly<Record<string, FloatTensor>>,
): Record<string, FloatTensor> {
  const shapes = Object.entries(checkpointShapes(family, config));
  const tensors = new Map(shapes.map(([name, shape]) => [name, float32(shape)]));
  for (const [name, place] of Object.entries(family.stored(config))) {
    const [tensor, stored] = [weights[name], tensors.get(place.name)];
    if (!tensor || !stored) throw new RangeError(`the transformer has no ${name}`);
    place.put(tensor, stored);
  }
  return Object.fromEntries(tensors);
}
