import type { ActivationBlock } from './block.ts';
import { type Encoder, encodeBatch } from './encoder.ts';
import type { Entries } from './kernels.ts';
import { selectAbove, TooManyActive } from './select.ts';
import { widthOf } from './shape.ts';
import type { SaeState } from './state.ts';

/** A feature is rare that is active less than once in so many tokens. */
const RARE = 20_000;
/** Fewer activations are too few to tell a feature by. */
const LEAST = 3;

export interface RareOptions {
  readonly encoder: Encoder;
  /** Activations that were trained on, the layer's place in them, and how many of their tokens to go through. */
  readonly block: ActivationBlock;
  readonly index: number;
  readonly tokens: number;
  /** What a pre-activation must exceed beside its feature's theta. */
  readonly threshold: number;
}

/**
 * Lowers theta of rare features, each to where it is active once in RARE tokens, or less where only its greatest activations
 * lessen ‖x − x̂‖² in sum, or not at all. One threshold for all features leaves silent what would be useful below it: of
 * BatchTopK, whose activations compete, the features of the smallest ones. Returns how many features have a lower threshold
 * than before; none where the tokens are too few to tell, or more features active than the state has room for.
 */
export async function lowerRareThresholds(state: SaeState, options: RareOptions): Promise<number> {
  const wanted = Math.floor(options.tokens / RARE);
  if (wanted < LEAST) return 0;
  const { dSae } = state.options;
  const theta = state.parameters.theta.p.subarray(0, dSae);
  const floors = theta.map((value) => value + options.threshold);
  const greatest = Array.from({ length: dSae }, () => new Greatest(wanted));
  try {
    for await (const entries of activeEntries(state, floors, options)) offerBatch(state, { entries, floors, greatest });
  } catch (error) {
    if (error instanceof TooManyActive) return 0;
    throw error;
  }
  const useful = greatest.map((found, feature) => found.usefulFloor(floors[feature]));
  useful.forEach((floor, feature) => {
    if (floor !== undefined) theta[feature] = floor - options.threshold;
  });
  return useful.filter((floor) => floor !== undefined).length;
}

/** What is active in each batch of the tokens; the state's x and pre are then those of the batch. */
async function* activeEntries(
  state: SaeState,
  floors: Float32Array,
  { block, index, tokens, encoder }: RareOptions,
): AsyncGenerator<Entries> {
  const { batch } = state.options;
  for (let first = 0; first + batch <= tokens; first += batch) {
    const rows = Int32Array.from({ length: batch }, (_, i) => first + i);
    block.read(index, rows, state.floats.x, widthOf(state.options));
    await encodeBatch(encoder, state);
    yield selectAbove(state, floors);
  }
}

interface Offer {
  readonly entries: Entries;
  readonly floors: Float32Array;
  readonly greatest: readonly Greatest[];
}

/** Offers each feature its pre-activations of a batch. */
function offerBatch(state: SaeState, { entries, floors, greatest }: Offer): void {
  const { floats, ints, kernels, parameters, options } = state;
  const { batch, dSae } = options;
  const width = widthOf(options);
  const residual = floats.residual.subarray(0, batch * width);
  kernels.lessRows(residual, parameters.bDec.p, floats.x);
  kernels.decode(residual, parameters.wDec.p, entries, width);
  floats.floors.fill(Number.POSITIVE_INFINITY);
  greatest.forEach(({ least }, feature) => {
    floats.floors[feature] = least < floors[feature] ? least : Number.POSITIVE_INFINITY; // active often enough
  });
  const among = { floors: floats.floors, positions: ints.auxPositions, values: floats.auxCandidates };
  for (let token = 0; token < batch; token++) {
    const error = residual.subarray(token * width, (token + 1) * width);
    const found = kernels.compactAmong(floats.pre.subarray(token * dSae, (token + 1) * dSae), 0, among);
    for (let i = 0; i < found; i++) {
      const [feature, pre] = [among.positions[i], among.values[i]];
      const row = parameters.wDec.p.subarray(feature * width, (feature + 1) * width);
      greatest[feature].offer(pre, pre > floors[feature] ? 0 : -pre * (2 * dot(error, row) + pre));
      floats.floors[feature] = greatest[feature].least;
    }
  }
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** The greatest pre-activations of a feature, one more than are wanted, and what each would take off ‖x − x̂‖². */
class Greatest {
  readonly #wanted: number;
  /** In falling order of `pre`. */
  readonly #kept: { readonly pre: number; readonly gain: number }[] = [];

  constructor(wanted: number) {
    this.#wanted = wanted;
  }

  /** What an offer must exceed to be kept. */
  get least(): number {
    return this.#preAt(this.#wanted);
  }

  offer(pre: number, gain: number): void {
    const after = this.#kept.findIndex((kept) => kept.pre < pre);
    this.#kept.splice(after < 0 ? this.#kept.length : after, 0, { pre, gain });
    this.#kept.length = Math.min(this.#kept.length, this.#wanted + 1);
  }

  /**
   * Below the activations wanted and above the next one, or below as many of the greatest as lessen the error in sum; undefined
   * where that is not under `floor`, or where fewer than LEAST do.
   */
  usefulFloor(floor: number): number | undefined {
    let gained = 0;
    let below: number | undefined;
    for (let i = 0; i < Math.min(this.#wanted, this.#kept.length); i++) {
      gained += this.#kept[i].gain;
      if (i + 1 >= LEAST && gained > 0) below = (this.#kept[i].pre + this.#preAt(i + 1)) / 2;
    }
    return below !== undefined && below < floor ? below : undefined;
  }

  /** Of those kept; below them all, none is known to be positive. */
  #preAt(place: number): number {
    return place < this.#kept.length ? this.#kept[place].pre : 0;
  }
}
