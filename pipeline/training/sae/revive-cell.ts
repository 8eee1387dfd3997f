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
  const order = [...products.keys()].sort((a, b) => products[b] - products[a]);
  const rank = order.indexOf(token);
  if (rank > BEFORE || !(products[token] > 0)) return undefined;
  const tokens = order.slice(0, rank + 1 + AFTER);
  const [greatest, least] = [products[order[0]], products[tokens.at(-1) ?? token]];
  const strength = Math.max(error / 4, Math.min(error, STRENGTH * level));
  const part = level / strength;
  const begins = Math.min(STEEPEST * greatest, (least - part * greatest) / (1 - part));
  return { tokens, direction, begins, gain: strength / (greatest - begins) };
}

/** direction·y of every token y of the batch. */
function productsWith({ floats, options }: SaeState, direction: Float32Array): Float32Array {
  const width = widthOf(options);
  return Float32Array.from({ length: options.batch }, (_, token) => {
    let sum = 0;
    for (let d = 0; d < width; d++) sum += direction[d] * floats.x[token * width + d];
    return sum;
  });
}
