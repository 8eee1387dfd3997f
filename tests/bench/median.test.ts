import { describe, expect, it } from 'vitest';
import { median, medianOf, takeTurns } from '../../bench/median.ts';

describe('the median', () => {
  it('is the middle number, or the mean of the middle two, in whatever order they come', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 2])).toBe(3.5);
    expect(median([7])).toBe(7);
    expect(() => median([])).toThrow(RangeError);
  });

  it('of a ratio is taken pair by pair', () => {
    const rounds = [
      { ours: 10, theirs: 5 },
      { ours: 3, theirs: 1 },
      { ours: 100, theirs: 20 },
    ];
    expect(medianOf(rounds, ({ ours, theirs }) => ours / theirs)).toBe(3);
  });
});

it('contestants take turns', async () => {
  const order: string[] = [];
  await takeTurns(2, async () => {
    order.push('A');
    await Promise.resolve();
    order.push('B');
  });
  expect(order).toEqual(['A', 'B', 'A', 'B']);
});
