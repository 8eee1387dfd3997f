/** A mean with its 95 % interval. */
export interface Estimate {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The mean of group means with Student's t interval over groups, 95 %: what is measured on prompts of one template hangs
 * together, so templates, not prompts, are what was sampled. Without a second group the interval has no bounds.
 */
export function groupedMean(values: readonly number[], groups: readonly number[]): Estimate {
  const means = [...Map.groupBy(values.keys(), (i) => groups[i])].map(([, own]) =>
    mean(own.map((i) => values[i] ?? 0)),
  );
  const centre = mean(means);
  if (means.length < 2) return { mean: centre, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const variance = means.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (means.length - 1);
  const half = studentQuantile(means.length - 1) * Math.sqrt(variance / means.length);
  return { mean: centre, low: centre - half, high: centre + half };
}

/** 97.5 % quantiles of Student's t, by degrees of freedom from 1. */
const quantiles = [
  12.706205, 4.302653, 3.182446, 2.776445, 2.570582, 2.446912, 2.364624, 2.306004, 2.262157, 2.228139, 2.200985,
  2.178813, 2.160369, 2.144787, 2.13145,
];

/** Past the table by its expansion in 1/ν. Source: Abramowitz, Stegun 1964, equation 26.7.5. */
function studentQuantile(freedom: number): number {
  const z = 1.959963984540054;
  const known = quantiles[freedom - 1];
  return known ?? z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2);
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
