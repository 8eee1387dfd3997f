import { randomNormal, seededRandom } from '../numbers/seeded-random.ts';

/** Reads and writes an initial weight by name. */
export interface WeightAccess {
  readonly dModel: number;
  readonly dHead: number;
  /** The values of a weight, row-major, to be changed in place. */
  values(name: string): Float32Array;
}

/** Dimensions of the residual stream that begin with one purpose each; training mixes them as it will. */
const POSITION = { from: 0, count: 32 };
const PREVIOUS = { from: 32, count: 32 };
const TOKEN_FROM = 64;

const POSITION_AMPLITUDE = 0.1;
const LOOK_BACK_GAIN = 1.35;
const PREVIOUS_GAIN = 0.06;
const MATCH_GAIN = 1.4;
const COPY_GAIN = 0.3;
const COPYING_HEADS = 4;

/** The golden ratio's fraction: its multiples spread evenly, so that no distance looks like another. */
const GOLDEN = 0.618_033_988_75;

/**
 * Sets initial weights near an induction circuit: head 0.0 attends to the token before and writes it aside, four
 * heads of layer 1 attend where that equals the present token, and copy. From random weights nothing was copied after
 * 3 million tokens, more than half of what the demo's model is trained on; every weight is trained from here.
 * Source of the circuit: Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits", induction heads.
 */
export function plantInduction(weights: WeightAccess, seed: number): void {
  const reading = projection(weights, seed);
  separateEmbeddings(weights);
  plantPreviousTokenHead(weights, reading);
  for (let head = 0; head < COPYING_HEADS; head++) plantMatchingHead(weights, reading, head);
}

/** Random directions of token space [token dimension, dHead], of about unit gain. */
function projection({ dModel, dHead }: WeightAccess, seed: number): (row: number, column: number) => number {
  const random = seededRandom(seed, 0x1d);
  const rows = dModel - TOKEN_FROM;
  const values = Float32Array.from({ length: rows * dHead }, () => randomNormal(random) / Math.sqrt(rows));
  return (row, column) => values[row * dHead + column] ?? 0;
}

/** Positions as sines and cosines in dimensions of their own; tokens keep out of those, and of the previous token's. */
function separateEmbeddings({ dModel, values }: WeightAccess): void {
  const positions = values('embedding.positions');
  for (let i = 0; i < positions.length; i++) positions[i] = positionValue(Math.floor(i / dModel), i % dModel);
  const tokens = values('embedding.tokens');
  for (let i = 0; i < tokens.length; i++) if (i % dModel < TOKEN_FROM) tokens[i] = 0;
}

function positionValue(position: number, dim: number): number {
  if (dim >= POSITION.count) return 0;
  return POSITION_AMPLITUDE * wave(dim, position);
}

/** Even dimensions are sines and odd ones cosines; a pair shares its frequency. */
function wave(dim: number, position: number): number {
  const angle = frequency(dim) * position;
  return dim % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
}

const frequency = (dim: number) => Math.PI * (((Math.floor(dim / 2) + 1) * GOLDEN) % 1);

/** Head 0.0: its query is the position one back, as a rotation of each pair; its value is written aside. */
function plantPreviousTokenHead(weights: WeightAccess, reading: (row: number, column: number) => number): void {
  const set = projections(weights, 0, 0);
  for (let dim = 0; dim < POSITION.count; dim += 2) {
    const [cosine, sine] = [Math.cos(frequency(dim)), Math.sin(frequency(dim))];
    set.query(POSITION.from + dim, dim, LOOK_BACK_GAIN * cosine);
    set.query(POSITION.from + dim + 1, dim, -LOOK_BACK_GAIN * sine);
    set.query(POSITION.from + dim, dim + 1, LOOK_BACK_GAIN * sine);
    set.query(POSITION.from + dim + 1, dim + 1, LOOK_BACK_GAIN * cosine);
    set.key(POSITION.from + dim, dim, LOOK_BACK_GAIN);
    set.key(POSITION.from + dim + 1, dim + 1, LOOK_BACK_GAIN);
  }
  for (let column = 0; column < weights.dHead; column++) {
    for (let row = TOKEN_FROM; row < weights.dModel; row++) set.value(row, column, reading(row - TOKEN_FROM, column));
    set.output(column, PREVIOUS.from + column, PREVIOUS_GAIN);
  }
}

/** A head of layer 1: its query is the token, its key the token before, its value a part of the token, copied. */
function plantMatchingHead(
  weights: WeightAccess,
  reading: (row: number, column: number) => number,
  head: number,
): void {
  const set = projections(weights, 1, head);
  for (let column = 0; column < weights.dHead; column++) {
    for (let row = TOKEN_FROM; row < weights.dModel; row++)
      set.query(row, column, MATCH_GAIN * reading(row - TOKEN_FROM, column));
    set.key(PREVIOUS.from + column, column, MATCH_GAIN);
    const copied = TOKEN_FROM + head * weights.dHead + column;
    set.value(copied, column, 1);
    set.output(column, copied, COPY_GAIN);
  }
}

/** Clears one head's weights, and sets them element by element: (row of the stream, column of the head, value). */
function projections({ dModel, dHead, values }: WeightAccess, layer: number, head: number) {
  const weightOf = (part: string) => values(`layers.${layer}.attention.${part}.weight`);
  const output = weightOf('output');
  const setter = (part: string) => {
    const weight = weightOf(part);
    return (row: number, column: number, value: number) => {
      weight[row * dModel + head * dHead + column] = value;
    };
  };
  const set = {
    query: setter('query'),
    key: setter('key'),
    value: setter('value'),
    output: (column: number, row: number, weight: number) => {
      output[(head * dHead + column) * dModel + row] = weight;
    },
  };
  for (let row = 0; row < dModel; row++) {
    for (let column = 0; column < dHead; column++) {
      for (const clear of [set.query, set.key, set.value]) clear(row, column, 0);
      set.output(column, row, 0);
    }
  }
  return set;
}
