import { widthOf } from './shape.ts';
import type { SaeState } from './state.ts';

/** Tokens of the batch that come after a token in its cell, and most that come before it. */
const AFTER = 1;
const BEFORE = 3;
/** The activation at the greatest product, as a multiple of the usual least one; no more than the error. */
const STRENGTH = 2;
/** Where the pre-activation begins to be positive, at most this part of the greatest product: bounds the gain. */
const STEEPEST = 0.6;

export interface CellOptions {
  readonly token: number;
  /** The direction in which tokens are near [width]. */
  readonly direction: Float32Array;
  /** ‖x − x̂‖ of the token */
  readonly error: number;
  /** The usual least activation. */
  readonly level: number;
}

/** Where a feature around a token is active: pre(y) = gain·(direction·y − begins). */
export interface Cell {
  /** The tokens of the batch, the token among them, whose pre-activation is about `level` or more. */
  readonly tokens: readonly number[];
  readonly direction: Float32Array;
  readonly gain: number;
  readonly begins: number;
}

/**
 * The cell of a token: with p the greatest product direction·y of the batch and n the least of the cell, pre = s at p,
 * where s = min(error, STRENGTH·level), and pre = level at n: begins = (n − (level/s)·p)/(1 − level/s).
 * Undefined where too many tokens come before it in that direction.
 */
export function cellOf(state: SaeState, { token, direction, error, level }: CellOptions): Cell | undefined {
  const products = productsWith(state, direction);
  const rank = rankOf(products, token);
  if (rank > BEFORE || !(products[token] > 0)) return undefined;
  const tokens = greatestOf(products, rank + 1 + AFTER);
  const [greatest, least] = [products[tokens[0]], products[tokens.at(-1) ?? token]];
  const strength = Math.max(error / 4, Math.min(error, STRENGTH * level));
  const part = level / strength;
  const begins = Math.min(STEEPEST * greatest, (least - part * greatest) / (1 - part));
  return { tokens, direction, begins, gain: strength / (greatest - begins) };
}

/** direction·y of every token y of the batch. */
function productsWith({ floats, options, kernels }: SaeState, direction: Float32Array): Float32Array {
  floats.direction.set(direction);
  kernels.rowDots(floats.products, floats.direction, floats.x.subarray(0, options.batch * widthOf(options)));
  return floats.products.subarray(0, options.batch);
}

/** How many values come before one in falling order, of equal ones the first first. */
function rankOf(values: Float32Array, index: number): number {
  const value = values[index];
  let rank = 0;
  for (let i = 0; i < values.length; i++) if (values[i] > value || (values[i] === value && i < index)) rank++;
  return rank;
}

/** Indices of the greatest values, in falling order, of equal ones the first first. */
function greatestOf(values: Float32Array, count: number): number[] {
  const found: number[] = [];
  while (found.length < Math.min(count, values.length)) {
    let best = -1;
    for (let i = 0; i < values.length; i++) {
      if ((best < 0 || values[i] > values[best]) && !found.includes(i)) best = i;
    }
    found.push(best);
  }
  return found;
}
