import { hash } from '../../../../numbers/hash.ts';

/** A sequence in which a prefix of `prefix` tokens is said twice, the second time at its end. */
export interface RepeatedPrefix {
  /** BOS first; no token occurs twice but those of the prefix. */
  readonly tokens: Int32Array;
  /** Position after the first prefix; the token there is the answer. */
  readonly source: number;
  readonly answer: number;
}

export interface RepeatedPrefixOptions {
  readonly bos: number;
  /** Tokens to draw from. */
  readonly ordinary: Int32Array;
  /** Tokens of the sequence, BOS included. */
  readonly length: number;
  readonly prefix: number;
  readonly seed: number;
  /** Number of the example: another one, another sequence. */
  readonly example: number;
}

/** The longest prefix that a sequence has room for: something before it, the answer and one more token between the two. */
export const longestPrefix = (length: number): number => Math.floor((length - 4) / 2);

/**
 * [BOS, others, prefix, answer, others, prefix]: tokens drawn without replacement, the first prefix anywhere from
 * position 2 on that leaves a token between the answer and the second prefix. So exactly `prefix` tokens match.
 * Source of the design: Kissane et al. 2024, arXiv:2406.17759, section 4.3.
 */
export function repeatedPrefix(options: RepeatedPrefixOptions): RepeatedPrefix {
  const { bos, ordinary, length, prefix, seed, example } = options;
  if (prefix > longestPrefix(length)) throw new RangeError(`a prefix of ${prefix} does not fit ${length} tokens`);
  const places = length - 2 * prefix - 3;
  const start = 2 + (hash(seed, prefix, example) % places);
  const drawn = drawDistinct(ordinary, length - 1 - prefix, (i) => hash(seed, prefix, example, i + 1));
  const tokens = Int32Array.from([bos, ...drawn, ...drawn.subarray(start - 1, start - 1 + prefix)]);
  const source = start + prefix;
  return { tokens, source, answer: tokens[source] };
}

/** The first `count` of a shuffle by Fisher and Yates, which touches no more than those. */
function drawDistinct(items: Int32Array, count: number, random: (i: number) => number): Int32Array {
  if (count > items.length) throw new RangeError(`cannot draw ${count} of ${items.length} tokens`);
  const moved = new Map<number, number>();
  const at = (i: number) => moved.get(i) ?? i;
  return Int32Array.from({ length: count }, (_, i) => {
    const j = i + (random(i) % (items.length - i));
    const chosen = at(j);
    moved.set(j, at(i));
    return items[chosen];
  });
}
