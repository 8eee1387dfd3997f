/** A destination t and a source s < t such that token s − 1 is token t: where an induction head would look. */
export interface InductionPair {
  readonly destination: number;
  readonly source: number;
  /** Tokens that agree, going back from t and s − 1: at least 1. */
  readonly prefix: number;
}

/**
 * The induction pairs of a context, BOS first, which counts as no occurrence: 2 ≤ s < t, by destination, then source.
 * Tokens `apart` (such as the end of a text) are looked up from nowhere.
 */
export function inductionPairs(tokens: ArrayLike<number>, apart: ReadonlySet<number> = new Set()): InductionPair[] {
  const pairs: InductionPair[] = [];
  const places = new Map<number, number[]>();
  for (let t = 1; t < tokens.length; t++) {
    const token = tokens[t];
    const earlier = places.get(token) ?? [];
    for (const place of apart.has(token) ? [] : earlier) {
      if (place + 1 < t) pairs.push({ destination: t, source: place + 1, prefix: agreeing(tokens, place, t) });
    }
    places.set(token, earlier);
    earlier.push(t);
  }
  return pairs;
}

/** How many tokens agree, going back from two positions; BOS agrees with nothing. */
function agreeing(tokens: ArrayLike<number>, earlier: number, later: number): number {
  let count = 0;
  while (earlier - count >= 1 && tokens[earlier - count] === tokens[later - count]) count++;
  return count;
}
