import { type Random, randomInteger } from '../numbers/seeded-random.ts';

interface Alphabet {
  readonly first: number;
  readonly count: number;
}

export interface RepeatOptions {
  readonly length: number;
  /** Token ids are drawn uniformly from `first` … `first + count − 1`. */
  readonly alphabet: Alphabet;
  /** Of the segment, whose length is log-uniform: few tokens often repeated are where copying is learnt first. */
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
  const { first, count } = options.alphabet;
  const draw = () => randomInteger(random, first, first + count - 1);
  const prefix = Array.from({ length: randomInteger(random, 0, options.longestPrefix) }, draw);
  const { shortest, longest } = options;
  const segment = Array.from({ length: Math.round(shortest * (longest / shortest) ** random()) }, draw);
  const tail = Array.from({ length: options.length - prefix.length }, (_, i) => segment[i % segment.length] ?? 0);
  return [...prefix, ...tail].slice(0, options.length);
}
