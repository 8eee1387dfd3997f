import { expect, test } from 'vitest';
import { groupedMean } from '../../../pipeline/core/studies/grouped-mean.ts';

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
