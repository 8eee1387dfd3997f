import { expect, test } from 'vitest';
import { studentQuantile, studentTail } from '../../pipeline/numbers/student.ts';

// Tables of the t distribution: two-sided tail, degrees of freedom, quantile.
test.each([
  [0.05, 1, 12.7062],
  [0.05, 2, 4.30265],
  [0.05, 5, 2.57058],
  [0.05, 14, 2.14479],
  [0.05, 30, 2.04227],
  [0.01, 4, 4.60409],
  [0.001, 5, 6.86883],
  [0.002, 9, 4.29681],
])('a two-sided tail of %d with %i degrees of freedom begins at %d', (tail, freedom, quantile) => {
  expect(studentQuantile(tail, freedom)).toBeCloseTo(quantile, 4);
  expect(studentTail(quantile, freedom)).toBeCloseTo(tail, 6);
});

test('the tail is everything at 0, nothing at infinity, and the same on both sides', () => {
  for (const freedom of [1, 2, 3, 8]) {
    expect(studentTail(0, freedom)).toBe(1);
    expect(studentTail(Number.POSITIVE_INFINITY, freedom)).toBeCloseTo(0, 12);
    expect(studentTail(-1.5, freedom)).toBe(studentTail(1.5, freedom));
  }
});
