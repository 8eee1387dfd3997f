/** How many of its last tokens a context is cut to, BOS kept in front. */
export const cutLengths = [1, 2, 4, 8, 16, 32, 64] as const;
export type CutLength = (typeof cutLengths)[number];

/** Those of them that shorten a context: at its last position it has length − 1 tokens after BOS. */
export const cutLengthsOf = (contextLength: number): readonly CutLength[] =>
  cutLengths.filter((tokens) => tokens < contextLength - 1);

/** A share of the activation that counts as all of it: a curve that has it at two lengths in a row is not followed further. */
export const settledShare = 0.9;

/** So much of the positive attribution counts as what the activation comes from. */
export const mainShare = 0.8;

/**
 * The curve of a feature: Σ a(cut to n tokens) / Σ a(whole context) over its examples at positions past n, which the cut
 * shortens, for n of cutLengths in order. It ends where it is settled, or where no example is longer. A causal measure:
 * the model runs again on the cut context.
 */
export type ContextCurve = readonly number[];

/** Whether a curve has reached the whole activation and stayed there. */
export function isSettled(curve: ContextCurve): boolean {
  return curve.length >= 2 && curve.slice(-2).every((share) => share >= settledShare);
}

/**
 * The curve at n tokens, n of cutLengths; its end where it was settled before; undefined where the contexts were too short
 * to tell.
 */
export function shareAt(curve: ContextCurve, tokens: CutLength, settled = isSettled(curve)): number | undefined {
  return curve.at(cutLengths.indexOf(tokens)) ?? (settled ? curve.at(-1) : undefined);
}

/** Fewest tokens, of cutLengths, that give a share of the activation; undefined where none does. */
export function tokensNeeded(curve: ContextCurve, share: number): number | undefined {
  return cutLengths[curve.findIndex((value) => value >= share)];
}

/**
 * The share of an example's activation that is there as soon as the cut context holds the sources it reads: those that
 * carry 80% of the positive DFA after BOS. bySource [s], 0 … t. Undefined where the example was not cut so long.
 */
export function arrivalOf(curve: ContextCurve, bySource: ArrayLike<number>, position: number): number | undefined {
  const read = (from: number) => {
    let sum = 0;
    for (let s = Math.max(1, from); s <= position; s++) sum += Math.max(0, bySource[s]);
    return sum;
  };
  const needed = cutLengths.findIndex((tokens) => read(position - tokens + 1) >= mainShare * read(1));
  if (needed >= 0 && needed < curve.length) return curve[needed];
  return isSettled(curve) ? curve.at(-1) : undefined;
}
