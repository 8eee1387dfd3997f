import { describe, expect, it } from 'vitest';
import { cachedBatch, fittingBatch } from '../../pipeline/record/fitting-batch.ts';

it('is the batch asked for where it fits, and at least one context', () => {
  expect(fittingBatch(16, 8 * 128 ** 2)).toBe(16);
  expect(fittingBatch(16, 2 * 4 * 2048 ** 2)).toBe(2);
  expect(fittingBatch(16, 12 * 12 * 2048 ** 2)).toBe(1);
});

describe('the contexts whose values a cache holds', () => {
  it('are a divisor of the batch that takes 2 MiB at most', () => {
    expect(cachedBatch(16, 128, 8 * 128 ** 2)).toBe(4);
    expect(cachedBatch(6, 128, 8 * 128 ** 2)).toBe(3);
    expect(cachedBatch(2, 128, 8 * 128 ** 2)).toBe(2);
  });

  it('have 256 tokens where the batch has them, as weights are fetched for each', () => {
    expect(cachedBatch(16, 128, 128 * 50_257)).toBe(2);
    expect(cachedBatch(16, 1024, 12 * 1024 ** 2)).toBe(1);
    expect(cachedBatch(16, 32, 32 * 50_257)).toBe(8);
  });
});
