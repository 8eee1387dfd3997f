import { type Random, randomInteger } from '../numbers/seeded-random.ts';
import { shuffledIndices } from './shuffle.ts';

export interface RepeatOptions {
  readonly length: number;
  /** Ids that are drawn from. */
  readonly pool: Int32Array;
  /** Tokens of the segment, uniform from `shortest` to `longest`. */
  readonly shortest: number;
  readonly longest: number;
}

/**
 * A segment of random tokens repeated to the end, the tokens distinct where the pool has enough of them.
 * Only copying what followed the earlier occurrence predicts the repeats: what an induction head does.
 * Source: Olsson et al. 2022, arXiv:2209.11895, "repeated random tokens".
 */
export function repeatedTokens(random: Random, options: RepeatOptions): Int32Array {
  const { length, pool, shortest, longest } = options;
  const size = randomInteger(random, shortest, longest);
  const segment = segmentOf(random, pool, size);
  return Int32Array.from({ length }, (_, i) => segment[i % size]);
}

function segmentOf(random: Random, pool: Int32Array, size: number): Int32Array {
  if (size <= pool.length && pool.length <= SMALL) {
    return shuffledIndices(pool.length, random)
      .subarray(0, size)
      .map((index) => pool[index]);
  }
  return Int32Array.from({ length: size }, () => pool[randomInteger(random, 0, pool.length - 1)]);
}

/** Of larger pools, tokens drawn one by one are hardly ever the same. */
const SMALL = 256;

/**
 * Text of which a span comes again: text [length], then its tokens from… of `size` tokens put in once more further on.
 * What follows an earlier occurrence also helps in text, where a token's statistics compete with it.
 */
export function repeatedSpan(random: Random, text: Int32Array): Int32Array {
  const { length } = text;
  const size = randomInteger(random, Math.min(8, length >> 2), length >> 1);
  const from = randomInteger(random, 0, Math.floor((length - size) / 4));
  const at = randomInteger(random, from + size, length - Math.ceil(size / 2));
  const spliced = new Int32Array(length);
  spliced.set(text.subarray(0, at));
  spliced.set(text.subarray(from, from + Math.min(size, length - at)), at);
  if (at + size < length) spliced.set(text.subarray(at, length - size), at + size);
  return spliced;
}
