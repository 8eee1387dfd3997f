import { describe, expect, it } from 'vitest';
import {
  binEdges,
  binOf,
  featureStatistics,
  sampleIntervals,
} from '../../../../pipeline/measures/statistics/maths/feature-statistics.ts';

function activationsOf(values: readonly number[]) {
  return { tokens: Uint32Array.from(values, (_, i) => 10 + i), values: Float32Array.from(values) };
}

describe('the statistics of a feature', () => {
  it('count, average and bin its active tokens', () => {
    const { count, meanActive, maxActivation, histogram } = featureStatistics(activationsOf([1, 4, 2, 1]));
    expect({ count, meanActive, maxActivation }).toEqual({ count: 4, meanActive: 2, maxActivation: 4 });
    expect(histogram.reduce((sum, n) => sum + n, 0)).toBe(4);
    expect([histogram[12], histogram[24], histogram[49]]).toEqual([2, 1, 1]);
  });

  it('are zero for a feature that was never active', () => {
    expect(featureStatistics(activationsOf([]))).toMatchObject({ count: 0, meanActive: 0, maxActivation: 0 });
  });

  it('put a value on an edge in the bin below it, and none in a bin of zeros', () => {
    expect([0.0001, 1, 1.0001, 9.9, 10].map((value) => binOf(value, 10, 10))).toEqual([0, 0, 1, 9, 9]);
  });

  it('have one more edge than bins, from 0 to the maximum', () => {
    expect([...binEdges(8, 4)]).toEqual([0, 2, 4, 6, 8]);
  });
});

describe('the intervals of a feature', () => {
  const values = Array.from({ length: 200 }, (_, i) => (i + 1) / 20);

  it('share out every activation, the highest interval first', () => {
    const intervals = sampleIntervals(activationsOf(values), 10, 0);
    expect(intervals.map(({ count }) => count)).toEqual(Array(10).fill(20));
    for (const [i, { chosen }] of intervals.entries()) {
      expect(chosen).toHaveLength(5);
      for (const index of chosen) expect(Math.ceil(values[index] ?? 0)).toBe(10 - i);
    }
  });

  it('list their examples from the highest', () => {
    for (const { chosen } of sampleIntervals(activationsOf(values), 10, 0)) {
      expect(chosen).toEqual(chosen.toSorted((a, b) => b - a));
    }
  });

  it('draw the same examples for the same seed, and others for another', () => {
    const drawn = (seed: number) => sampleIntervals(activationsOf(values), 10, seed).map(({ chosen }) => chosen);
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
  });

  it('draw every activation about equally often', () => {
    const times = new Array<number>(values.length).fill(0);
    for (let seed = 0; seed < 400; seed++) {
      for (const { chosen } of sampleIntervals(activationsOf(values), 10, seed)) {
        for (const index of chosen) times[index] = (times[index] ?? 0) + 1;
      }
    }
    // 400 draws of 5 in 20: 100 times each, with a deviation of about 8.7.
    expect(Math.min(...times)).toBeGreaterThan(60);
    expect(Math.max(...times)).toBeLessThan(140);
  });
});
