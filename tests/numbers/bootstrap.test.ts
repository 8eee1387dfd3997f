import { expect, test } from 'vitest';
import { bootstrapIntervals } from '../../pipeline/numbers/bootstrap.ts';

const mean = (sums: readonly number[]) => (sums[1] ?? 0) / (sums[0] ?? 0);
/** Units of one token each, whose values are 0 … n − 1. */
const ramp = (n: number) => Array.from({ length: n }, (_, i) => [1, i]);

test('the interval of a mean is as wide as its standard error says', () => {
  const [interval] = bootstrapIntervals(ramp(100), [mean]);
  const error = Math.sqrt((100 * 100 - 1) / 12 / 100);
  expect(interval?.low).toBeGreaterThan(49.5 - 2.3 * error);
  expect(interval?.low).toBeLessThan(49.5 - 1.6 * error);
  expect(interval?.high).toBeGreaterThan(49.5 + 1.6 * error);
  expect(interval?.high).toBeLessThan(49.5 + 2.3 * error);
});

test('a ratio whose parts move together hardly varies, and one that never varies has no width', () => {
  const [ratio, level] = bootstrapIntervals(ramp(50), [(sums) => 3 * mean(sums) - 2.9 * mean(sums), mean]);
  const width = (interval: { low: number; high: number } | undefined) => (interval?.high ?? 0) - (interval?.low ?? 0);
  expect(width(ratio)).toBeCloseTo(0.1 * width(level), 8);
  expect(bootstrapIntervals(ramp(50), [() => 7])).toEqual([{ low: 7, high: 7 }]);
});

test('the draw is a pure function of its seed, and one unit is no sample', () => {
  expect(bootstrapIntervals(ramp(20), [mean], 4)).toEqual(bootstrapIntervals(ramp(20), [mean], 4));
  expect(bootstrapIntervals(ramp(20), [mean], 4)).not.toEqual(bootstrapIntervals(ramp(20), [mean], 5));
  expect(bootstrapIntervals(ramp(1), [mean])).toEqual([]);
});
