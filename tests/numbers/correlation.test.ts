import { expect, it } from 'vitest';
import { correlation } from '../../pipeline/numbers/correlation.ts';

it('is 1 along a rising line, −1 along a falling one, 0 where nothing varies', () => {
  expect(correlation([1, 2, 4], [3, 5, 9])).toBeCloseTo(1, 12);
  expect(correlation([1, 2, 4], [-1, -2, -4])).toBeCloseTo(-1, 12);
  expect(correlation([1, 2, 4], [7, 7, 7])).toBe(0);
  expect(correlation([], [])).toBe(0);
});

it('agrees with a case worked by hand', () => {
  expect(correlation([0, 1, 2], [0, 2, 1])).toBeCloseTo(0.5, 12);
});

it('is 0 of a number that repeats, though its mean is rounded', () => {
  const [tenths, sevenths] = [0.1, 1 / 7].map((value) => Array<number>(10).fill(value));
  expect(correlation(tenths, sevenths)).toBe(0);
  expect(correlation(tenths, [...tenths.keys()])).toBe(0);
});
