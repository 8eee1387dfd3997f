import { correlation } from '../../../numbers/correlation.ts';
import { greatest } from '../../../numbers/extremes.ts';

/** What a head prefers by position alone, with no token in sight; attention as shares. */
export interface PositionalPreference {
  readonly previous: number;
  readonly current: number;
  readonly first: number;
  /** −1 … 1: mean over destinations of the correlation of score and source position, above 0 for the more recent. */
  readonly recency: number;
}

/** Destinations from which on a correlation over sources says something. */
const leastSources = 4;

/**
 * Reads positional preference off scores [t, s] of positions alone, −∞ where a source is out of reach: softmax over s ≤ t, averaged over t ≥ 2 on
 * t − 1 (previous), over t ≥ 1 on t (current) and on 0 (first).
 */
export function positionalPreference(scores: ArrayLike<number>, length: number): PositionalPreference {
  const sums = { previous: 0, current: 0, first: 0, recency: 0 };
  for (let t = 1; t < length; t++) {
    const row = Array.from({ length: t + 1 }, (_, s) => scores[t * length + s]);
    const attention = softmax(row);
    if (t >= 2) sums.previous += attention[t - 1];
    sums.current += attention[t];
    sums.first += attention[0];
    if (t >= leastSources) sums.recency += recencyOf(row);
  }
  return {
    previous: sums.previous / Math.max(1, length - 2),
    current: sums.current / Math.max(1, length - 1),
    first: sums.first / Math.max(1, length - 1),
    recency: sums.recency / Math.max(1, length - leastSources),
  };
}

/** Scores [t, s] of what prefers by distance alone: those of profile[t − s]; sources further away are out of a window. */
export function scoresOfProfile(profile: ArrayLike<number>, length: number): Float32Array {
  const scores = new Float32Array(length * length).fill(Number.NEGATIVE_INFINITY);
  for (let t = 0; t < length; t++) {
    for (let s = Math.max(0, t - profile.length + 1); s <= t; s++) scores[t * length + s] = profile[t - s];
  }
  return scores;
}

/** The correlation of score and source position, over the sources that are in reach. */
function recencyOf(row: readonly number[]): number {
  const reached = row.filter(Number.isFinite);
  return correlation(reached, [...reached.keys()]);
}

function softmax(scores: readonly number[]): number[] {
  const highest = greatest(scores);
  const raised = scores.map((score) => Math.exp(score - highest));
  const total = raised.reduce((sum, value) => sum + value, 0);
  return raised.map((value) => value / total);
}
