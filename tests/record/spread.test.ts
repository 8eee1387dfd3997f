import { describe, expect, it } from 'vitest';
import { evenlySpread } from '../../pipeline/record/spread.ts';

async function* numbers(count: number) {
  for (let i = 0; i < count; i++) yield i;
}

describe('evenlySpread', () => {
  it('keeps all where there are few', async () => {
    expect(await evenlySpread(numbers(3), 5)).toEqual([0, 1, 2]);
    expect(await evenlySpread(numbers(0), 5)).toEqual([]);
  });

  it('keeps as many as asked for, from the beginning to near the end', async () => {
    for (const count of [7, 10, 100, 1234]) {
      const kept = await evenlySpread(numbers(count), 7);
      expect(kept).toHaveLength(7);
      expect(kept[0]).toBe(0);
      expect(kept.at(-1)).toBeGreaterThan(count * 0.7 - 1);
      const steps = kept.slice(1).map((value, i) => value - (kept[i] ?? 0));
      expect(Math.max(...steps)).toBeLessThanOrEqual(2 * Math.min(...steps));
    }
  });
});
