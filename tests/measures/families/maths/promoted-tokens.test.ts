import { expect, it } from 'vitest';
import { promotedTokens } from '../../../../pipeline/measures/families/maths/promoted-tokens.ts';

const classes = Int32Array.from({ length: 1000 }, (_, id) => (id === 1 ? 0 : id));
const tokens = (...values: number[]) => values.map((value, tokenId) => ({ tokenId, value }));

it('takes the strongest token of a class, as a share of the largest, and nothing that is suppressed', () => {
  const { effects } = promotedTokens(tokens(8, 6, 2, -1), classes, { mean: 0, deviation: 1, tokens: 1000 });
  expect([...effects]).toEqual([
    [0, 1],
    [2, 0.25],
  ]);
});

it('calls promoted what is half of the largest and stands out from the vocabulary', () => {
  // √(2·ln 1000) = 3.7 deviations.
  const of = (mean: number, deviation: number) => [
    ...promotedTokens(tokens(8, 7, 5, 3.9), classes, { mean, deviation, tokens: 1000 }).clear,
  ];
  expect(of(0, 1)).toEqual([0, 2]);
  expect(of(0, 1.5)).toEqual([0]);
  expect(of(2, 1.2)).toEqual([0]);
  expect(of(0, 3)).toEqual([]);
});
