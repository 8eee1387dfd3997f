import { expect, it } from 'vitest';
import { inductionPairs } from '../../../../../pipeline/measures/studies/induction/maths/induction-pairs.ts';

it('finds what followed each earlier occurrence, with the length of the match', () => {
  // BOS a b c d a b c
  const pairs = inductionPairs([9, 1, 2, 3, 4, 1, 2, 3]);
  expect(pairs).toEqual([
    { destination: 5, source: 2, prefix: 1 },
    { destination: 6, source: 3, prefix: 2 },
    { destination: 7, source: 4, prefix: 3 },
  ]);
});

it('counts every earlier occurrence, but never the present token as a source', () => {
  // BOS a a a
  expect(inductionPairs([9, 1, 1, 1])).toEqual([{ destination: 3, source: 2, prefix: 1 }]);
  // BOS a b a c a
  expect(inductionPairs([9, 1, 2, 1, 3, 1]).filter(({ destination }) => destination === 5)).toEqual([
    { destination: 5, source: 2, prefix: 1 },
    { destination: 5, source: 4, prefix: 1 },
  ]);
});

it('BOS is no occurrence and agrees with nothing', () => {
  // BOS a b BOS a b, as where a text ends inside a context
  expect(inductionPairs([9, 1, 2, 9, 1, 2])).toEqual([
    { destination: 4, source: 2, prefix: 1 },
    { destination: 5, source: 3, prefix: 2 },
  ]);
});

it('tokens apart are looked up from nowhere', () => {
  expect(inductionPairs([9, 8, 1, 2, 8], new Set([8]))).toEqual([]);
  expect(inductionPairs([9, 8, 1, 2, 8])).toEqual([{ destination: 4, source: 2, prefix: 1 }]);
});
