import { expect, test } from 'vitest';
import { align } from '../../../../site/explorer/compare/align.ts';

const aligned = (first: number[], second: number[]) => [...align(first, second).toSecond];

test('a prompt is aligned with itself token by token', () => {
  expect(aligned([4, 4, 2], [4, 4, 2])).toEqual([0, 1, 2]);
});

test('a replaced word keeps its place, an inserted one has no counterpart', () => {
  expect(aligned([1, 2, 3, 4], [1, 9, 3, 4])).toEqual([0, 1, 2, 3]);
  expect(aligned([1, 2, 3], [1, 9, 2, 3])).toEqual([0, 2, 3]);
  expect(aligned([1, 9, 8, 2], [1, 2])).toEqual([0, -1, -1, 1]);
});

test('both directions say the same, whatever the prompts', () => {
  for (let seed = 1; seed < 200; seed++) {
    const first = Array.from({ length: seed % 9 }, (_, i) => (seed * (i + 3) * 7) % 4);
    const second = Array.from({ length: (seed * 5) % 8 }, (_, i) => (seed + i * i) % 4);
    const { toSecond, toFirst } = align(first, second);
    toSecond.forEach((j, i) => j >= 0 && expect(toFirst[j]).toBe(i));
    toFirst.forEach((i, j) => i >= 0 && expect(toSecond[i]).toBe(j));
    const pairs = [...toSecond].filter((j) => j >= 0);
    expect(pairs).toEqual(pairs.toSorted((a, b) => a - b));
  }
});
