/** Mean and spread Σ‖x − mean‖² of vectors seen so far, in float64. */
export interface Moments {
  count: number;
  readonly mean: Float64Array;
  spread: number;
}

export const newMoments = (size: number): Moments => ({ count: 0, mean: new Float64Array(size), spread: 0 });

/**
 * Merges another set's moments into `moments`: mean += δ·n₂/n, spread += spread₂ + ‖δ‖²·n₁·n₂/n, δ = mean₂ − mean.
 * No large numbers are subtracted, so a spread small beside the mean keeps its digits.
 * Source: Chan, Golub, LeVeque 1979, "Updating formulae and a pairwise algorithm for computing sample variances".
 */
export function mergeMoments(
  moments: Moments,
  other: { count: number; mean: ArrayLike<number>; spread: number },
): void {
  const count = moments.count + other.count;
  let shift = 0;
  for (let d = 0; d < moments.mean.length; d++) {
    const before = moments.mean[d];
    const delta = other.mean[d] - before;
    moments.mean[d] = before + (delta * other.count) / count;
    shift += delta * delta;
  }
  moments.spread += other.spread + (shift * moments.count * other.count) / count;
  moments.count = count;
}
