import type { FeatureActivations } from '../../../numbers/feature-activations.ts';
import { hash } from '../../../numbers/hash.ts';
import { LeastHashes } from '../../../numbers/least-hashes.ts';

export interface FeatureStatistics {
  /** Active tokens. */
  readonly count: number;
  /** Mean over active tokens; 0 for a dead feature. */
  readonly meanActive: number;
  readonly maxActivation: number;
  /** Activations by equal-width bin of (0, max], lowest first. */
  readonly histogram: readonly number[];
}

export const histogramBins = 50;
export const intervalCount = 10;
const examplesPerInterval = 5;

/** Count, mean, maximum and histogram of a feature's activations; sums are float64. */
export function featureStatistics({ values }: FeatureActivations): FeatureStatistics {
  const maxActivation = values.reduce((most, value) => Math.max(most, value), 0);
  const histogram = new Array<number>(histogramBins).fill(0);
  let sum = 0;
  for (const value of values) {
    sum += value;
    const bin = binOf(value, maxActivation, histogramBins);
    histogram[bin] += 1;
  }
  return { count: values.length, meanActive: values.length > 0 ? sum / values.length : 0, maxActivation, histogram };
}

/** The equal-width bin of (0, max] that holds a value, from 0 for the lowest; a bin holds its upper edge. */
export function binOf(value: number, max: number, bins: number): number {
  return Math.min(bins - 1, Math.max(0, Math.ceil((value / max) * bins) - 1));
}

/** Edges of the equal-width bins of (0, max]: bins + 1 of them. */
export function binEdges(max: number, bins: number): Float32Array {
  return Float32Array.from({ length: bins + 1 }, (_, i) => (max * i) / bins);
}

export interface IntervalSample {
  /** Activations in the interval. */
  readonly count: number;
  /** Indices into the feature's activations of a seeded random few, highest first. */
  readonly chosen: readonly number[];
}

/**
 * The ten intervals of (0, max] from the highest, with a seeded random few of each. An activation is drawn by the
 * hash of where it is, so the draw does not depend on how the corpus was batched.
 */
export function sampleIntervals(activations: FeatureActivations, max: number, seed: number): IntervalSample[] {
  const intervals = Array.from({ length: intervalCount }, () => new LeastHashes(examplesPerInterval));
  activations.values.forEach((value, index) => {
    const interval = intervalCount - 1 - binOf(value, max, intervalCount);
    intervals[interval]?.add(index, hash(seed, activations.tokens[index]));
  });
  const descending = (a: number, b: number) => activations.values[b] - activations.values[a] || a - b;
  return intervals.map(({ count, indices }) => ({ count, chosen: [...indices].sort(descending) }));
}
