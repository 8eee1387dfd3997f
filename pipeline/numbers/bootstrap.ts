import { seededRandom } from './seeded-random.ts';
import type { Interval } from './wilson.ts';

/** Resamples that an interval is read off. */
const resamples = 1000;
const tail = 0.025;

/**
 * 95 % percentile intervals of statistics of sums over units, such as contexts: units are drawn with replacement, as many
 * as there are, by a seeded generator, and their rows summed anew. Nothing of fewer than two units.
 * Source: Efron 1979, Annals of Statistics 7, 1–26.
 */
export function bootstrapIntervals(
  units: readonly (readonly number[])[],
  statistics: readonly ((sums: readonly number[]) => number)[],
  seed = 0,
): Interval[] {
  if (units.length < 2) return [];
  const random = seededRandom(seed, units.length);
  const drawn = statistics.map(() => new Float64Array(resamples));
  for (let i = 0; i < resamples; i++) {
    const sums = resampledSums(units, random);
    for (const [at, statistic] of statistics.entries()) drawn[at]?.fill(statistic(sums), i, i + 1);
  }
  return drawn.map(percentiles);
}

function resampledSums(units: readonly (readonly number[])[], random: () => number): number[] {
  const sums = units[0].map(() => 0);
  for (let n = 0; n < units.length; n++) {
    const unit = units[Math.floor(random() * units.length)];
    for (let column = 0; column < sums.length; column++) sums[column] += unit[column];
  }
  return sums;
}

function percentiles(values: Float64Array): Interval {
  values.sort();
  const at = (share: number) => values[Math.round(share * (values.length - 1))];
  return { low: at(tail), high: at(1 - tail) };
}
