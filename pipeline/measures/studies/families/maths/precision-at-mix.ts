import type { ClassFigures } from './confusion.ts';

/**
 * The share of right calls if each class had its own precision and were called as often as in a mix:
 * Σ n_c·precision_c / Σ n_c, over the classes whose precision is known; undefined for none.
 */
export function precisionAtMix(
  figures: readonly ClassFigures[],
  mix: readonly { readonly family: string; readonly features: number }[],
): number | undefined {
  let [right, all] = [0, 0];
  for (const { family, features } of mix) {
    const share = figures.find(({ name }) => name === family)?.precision.share;
    if (share === undefined) continue;
    right += features * share;
    all += features;
  }
  return all > 0 ? right / all : undefined;
}
