import { type Random, randomInteger } from './random.ts';

export interface RepeatOptions {
  readonly length: number;
  /** Token ids are drawn uniformly from 0 … ids − 1. */
  readonly ids: number;
  readonly shortest: number;
  readonly longest: number;
  /** At most so many tokens stand before the segment and occur once. */
  readonly longestPrefix: number;
}

/**
 * A prefix of random tokens, then a segment of random tokens repeated to the end.
 * Only copying what followed the earlier occurrence predicts the repeats: what an induction head does.
 * Source: Olsson et al. 2022, arXiv:2209.11895, "repeated random tokens".
 */
export function repeatedTokens(random: Random, options: RepeatOptions): number[] {
  const draw = () => randomInteger(random, 0, options.ids - 1);
  const prefix = Array.from({ length: randomInteger(random, 0, options.longestPrefix) }, draw);
  const segment = Array.from({ length: randomInteger(random, options.shortest, options.longest) }, draw);
  const tail = Array.from({ length: options.length - prefix.length }, (_, i) => segment[i % segment.length] ?? 0);
  return [...prefix, ...tail].slice(0, options.length);
}
