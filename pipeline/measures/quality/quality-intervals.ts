import { bootstrapIntervals } from '../../numbers/bootstrap.ts';
import type { Interval } from '../../numbers/wilson.ts';
import type { Reconstruction } from './quality-sums.ts';

/** 95 % intervals of the numbers of an SAE's quality that vary with the contexts they are measured on. */
export type QualityIntervals = Readonly<
  Record<'explainedVariance' | 'ceClean' | 'ceSae' | 'ceZero' | 'ceMean' | 'lossRecovered', Interval>
>;

/** Σ of next-token cross-entropies by unit of contexts. */
export interface UnitLosses {
  /** Tokens that predict. */
  readonly tokens: readonly number[];
  readonly clean: readonly number[];
  readonly sae: readonly number[];
  readonly zero: readonly number[];
  readonly mean: readonly number[];
}

/** By bootstrap over units of contexts, the mean z held at that of the whole sample; undefined of fewer than two units. */
export function qualityIntervals(
  { units, moments }: Reconstruction,
  { tokens, clean, sae, zero, mean }: UnitLosses,
): QualityIntervals | undefined {
  const rows = units.map(({ moments: own, error }, unit) => [
    tokens[unit],
    error,
    own.spread + own.count * squaredDistance(own.mean, moments.mean),
    ...[clean, sae, zero, mean].map((losses) => losses[unit]),
  ]);
  const over = (column: number, sums: readonly number[]) => sums[column] / sums[0];
  const [explainedVariance, ceClean, ceSae, ceZero, ceMean, lossRecovered] = bootstrapIntervals(rows, [
    (sums) => 1 - sums[1] / sums[2],
    ...[3, 4, 5, 6].map((column) => (sums: readonly number[]) => over(column, sums)),
    (sums) => (over(5, sums) - over(4, sums)) / (over(5, sums) - over(3, sums)),
  ]);
  if (!explainedVariance || !ceClean || !ceSae || !ceZero || !ceMean || !lossRecovered) return undefined;
  return { explainedVariance, ceClean, ceSae, ceZero, ceMean, lossRecovered };
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, d) => sum + (value - b[d]) ** 2, 0);
}
