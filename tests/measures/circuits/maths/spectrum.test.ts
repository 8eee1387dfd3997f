import { expect, it } from 'vitest';
import { effectiveRank, singularValues } from '../../../../pipeline/measures/circuits/maths/spectrum.ts';

it('the effective rank of n equal singular values is n, of one alone it is 1', () => {
  expect(effectiveRank([2, 2, 2, 2])).toBeCloseTo(4, 12);
  expect(effectiveRank([5, 0, 0])).toBe(1);
  expect(effectiveRank([])).toBe(0);
  expect(effectiveRank([3, 1])).toBeCloseTo(Math.exp(-(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25))), 12);
});

it('singular values come from the two Grams, where rows are orthogonal by length times length', () => {
  expect([...singularValues([9, 0, 0, 4], [1, 0, 0, 16], 2)]).toEqual([8, 3]);
});
