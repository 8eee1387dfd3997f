import { expect, test } from 'vitest';
import { KeptNearest } from '../../../../pipeline/measures/neighbours/maths/kept-nearest.ts';

const given = [
  [4, 0.5],
  [1, 0.5],
  [7, 0.9],
  [2, -0.1],
  [3, 0.5],
] as const;

test.each([[given], [given.toReversed()], [[...given].sort(([a], [b]) => a - b)]])(
  'the greatest are kept, ties by number, in whatever order they come',
  (order) => {
    const kept = new KeptNearest(2, 3);
    for (const [other, value] of order) kept.add(1, other, value);
    expect(kept.of(1).map(({ other }) => other)).toEqual([7, 1, 3]);
    expect(kept.of(0)).toEqual([]);
  },
);

test('fewer than k are all kept', () => {
  const kept = new KeptNearest(1, 9);
  for (const [other, value] of given) kept.add(0, other, value);
  expect(kept.of(0).map(({ other }) => other)).toEqual([7, 1, 3, 4, 2]);
});
