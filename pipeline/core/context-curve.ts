/** How many of its last tokens a context is cut to, BOS kept in front. */
export const cutLengths = [1, 2, 4, 8, 16, 32, 64] as const;

/** A share of the activation that counts as all of it: a curve that has it at two lengths in a row is not followed further. */
export const settledShare = 0.9;

/**
 * The curve of a feature: Σ a(cut to n tokens) / Σ a(whole context) over its examples, for n of cutLengths in order,
 * as far as it was followed. A causal measure: the model runs again on the cut context.
 */
export type ContextCurve = readonly number[];

/** Whether a curve has reached the whole activation and stayed there. */
export function isSettled(curve: ContextCurve): boolean {
  return curve.length >= 2 && curve.slice(-2).every((share) => share >= settledShare);
}

/** The curve at n tokens, n of cutLengths; its end where it was not followed so far; undefined for no curve. */
export function shareAt(curve: ContextCurve, tokens: (typeof cutLengths)[number]): number | undefined {
  return curve[Math.min(cutLengths.indexOf(tokens), curve.length - 1)];
}

/** Fewest tokens, of cutLengths, that give a share of the activation; undefined where none does. */
export function tokensNeeded(curve: ContextCurve, share: number): number | undefined {
  return cutLengths[curve.findIndex((value) => value >= share)];
}
