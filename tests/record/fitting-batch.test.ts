import { expect, it } from 'vitest';
import { fittingBatch } from '../../pipeline/record/fitting-batch.ts';

it('is the batch asked for where it fits, and at least one context', () => {
  expect(fittingBatch(16, 8 * 128 ** 2)).toBe(16);
  expect(fittingBatch(16, 2 * 4 * 2048 ** 2)).toBe(2);
  expect(fittingBatch(16, 12 * 12 * 2048 ** 2)).toBe(1);
});
