import { expect, test } from 'vitest';
import { checkSum } from '../../../../site/explorer/target/sum-check.ts';

test('a sum that agrees holds, and says by how much it does', () => {
  expect(checkSum([1, 2], 3)).toEqual({ sum: 3, difference: 0, relative: 0, holds: true });
  expect(checkSum([1, 2.002], 3)).toMatchObject({ holds: true, difference: expect.closeTo(0.002) });
});

test('one that is off by more than a thousandth does not', () => {
  expect(checkSum([1, 2.004], 3).holds).toBe(false);
  expect(checkSum([1, -1], 0.5).holds).toBe(false);
});

test('parts that cancel are judged by their own size, not by the little that is left', () => {
  expect(checkSum([100, -99.999], 0.0011).holds).toBe(true);
});

test('nothing equals nothing; what is not a number never holds', () => {
  expect(checkSum([], 0).holds).toBe(true);
  expect(checkSum([0], 0).holds).toBe(true);
  expect(checkSum([Number.NaN], 1).holds).toBe(false);
  expect(checkSum([1], Number.NaN).holds).toBe(false);
});
