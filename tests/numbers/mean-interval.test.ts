import { expect, it } from 'vitest';
import { MeanInterval } from '../../pipeline/numbers/mean-interval.ts';

function of(...values: number[]) {
  const sum = new MeanInterval();
  for (const value of values) sum.add(value);
  return sum.value;
}

it('is the mean, 1.96 standard errors either way', () => {
  const { count, mean, low, high } = of(1, 2, 3, 4);
  expect([count, mean]).toEqual([4, 2.5]);
  const standardError = Math.sqrt(5 / 3 / 4);
  expect(high - mean).toBeCloseTo(1.96 * standardError, 4);
  expect(mean - low).toBeCloseTo(high - mean, 12);
});

it('does not lose a small spread about a large mean', () => {
  const { low, high } = of(1e6, 1e6 + 1, 1e6, 1e6 + 1);
  expect(high - low).toBeCloseTo(2 * 1.96 * Math.sqrt(1 / 3 / 4), 4);
});

it('says nothing without values, and gives one no bounds', () => {
  expect(of()).toEqual({ count: 0, mean: Number.NaN, low: Number.NaN, high: Number.NaN });
  expect(of(3)).toEqual({ count: 1, mean: 3, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY });
});
