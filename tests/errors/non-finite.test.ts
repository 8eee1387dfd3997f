import { expect, it } from 'vitest';
import { firstNonFinite } from '../../pipeline/errors/non-finite.ts';

it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('%d is found wherever it stands', (bad) => {
  for (let length = 1; length <= 9; length++) {
    for (let at = 0; at < length; at++) {
      const values = new Float32Array(length).fill(-1.5);
      values[at] = bad;
      if (at + 2 < length) values[at + 2] = Number.NaN;
      expect(firstNonFinite(values)).toBe(at);
    }
  }
});

it('nothing is found among finite values, the largest and opposite ones too', () => {
  expect(firstNonFinite(new Float32Array())).toBe(-1);
  expect(firstNonFinite(Float32Array.of(3.4e38, -3.4e38, 0, -0, 1e-45, 2, -2))).toBe(-1);
});
