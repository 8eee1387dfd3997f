import { describe, expect, it, test } from 'vitest';
import { groupedMean, groupedMeans } from '../../pipeline/numbers/grouped-mean.ts';

test('the mean is of group means, however many values a group has', () => {
  expect(groupedMean([1, 3, 10], [0, 0, 1]).mean).toBe(6);
});

test('the interval is Student’s over groups: two groups that differ by 2 reach 12.706 either way', () => {
  const { mean, low, high } = groupedMean([0, 2], [7, 9]);
  expect(mean).toBe(1);
  expect(high - 1).toBeCloseTo(12.706, 3);
  expect(1 - low).toBeCloseTo(12.706, 3);
});

test('fifteen groups have the quantile 2.145, thirty-one 2.042', () => {
  const half = (groups: number) => {
    const values = Array.from({ length: groups }, (_, i) => i);
    const { mean, high } = groupedMean(values, values);
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (groups - 1);
    return (high - mean) / Math.sqrt(variance / groups);
  };
  expect(half(15)).toBeCloseTo(2.1448, 4);
  expect(half(31)).toBeCloseTo(2.0423, 3);
});

test('one group says nothing of others', () => {
  expect(groupedMean([1, 2, 3], [0, 0, 0])).toEqual({
    mean: 2,
    low: Number.NEGATIVE_INFINITY,
    high: Number.POSITIVE_INFINITY,
  });
});

describe('means looked at together', () => {
  const groups = [0, 1, 2, 3, 4, 5];
  const noise = (seed: number) => groups.map((i) => Math.sin(37 * (seed + 1) * (i + 1)));
  const strong = (seed: number) => noise(seed).map((value) => 20 + value);
  const isSure = ({ low, high }: { low: number; high: number }) => low > 0 || high < 0;

  it('have the interval of one where there is one', () => {
    const [alone] = groupedMeans([noise(1)], groups);
    const by = groupedMean(noise(1), groups);
    expect(alone?.low).toBeCloseTo(by.low, 10);
  });

  it('have wider intervals the more of them say nothing, and no wider ones where all say something', () => {
    const width = (series: number[][]) => {
      const [first] = groupedMeans(series, groups);
      return (first?.high ?? 0) - (first?.low ?? 0);
    };
    const silent = Array.from({ length: 39 }, (_, i) => noise(i + 1));
    const clear = Array.from({ length: 39 }, (_, i) => strong(i + 1));
    expect(width([strong(0), ...silent])).toBeGreaterThan(1.5 * width([strong(0)]));
    expect(width([strong(0), ...clear])).toBeCloseTo(width([strong(0)]), 6);
  });

  it('leave out 0 for those that are significant together, which forty of noise alone are not', () => {
    const silent = Array.from({ length: 200 }, (_, i) => noise(i));
    const alone = silent.filter((values) => isSure(groupedMean(values, groups))).length;
    expect(alone).toBeGreaterThan(0);
    expect(groupedMeans(silent, groups).filter(isSure)).toEqual([]);
    const together = groupedMeans([strong(1), strong(2), ...silent], groups);
    expect(together.map(isSure).slice(0, 2)).toEqual([true, true]);
  });

  it('say nothing of series that are all 0, or of one group', () => {
    for (const { low, high } of groupedMeans([groups.map(() => 0), strong(1)], groups).slice(0, 1))
      expect([low, high]).toEqual([0, 0]);
    expect(groupedMeans([[1], [2]], [0])[0]).toEqual({
      mean: 1,
      low: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
    });
  });
});
