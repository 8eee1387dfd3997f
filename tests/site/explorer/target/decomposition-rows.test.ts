import { expect, test } from 'vitest';
import type { Decomposition } from '../../../../site/explorer/protocol.ts';
import { shownTerms, sumOfTerms, termRows } from '../../../../site/explorer/target/decomposition-rows.ts';

const term = (feature: number, byHead: readonly number[]) => ({
  component: { kind: 'feature' as const, layer: 0, feature },
  source: 3,
  byHead: Float32Array.from(byHead),
  attribution: byHead.reduce((sum, value) => sum + value, 0),
});
const decomposition: Decomposition = {
  target: { layer: 1, feature: 4, position: 5 },
  terms: [term(7, [0.5, -1, 0]), term(8, [0, 0.5, 1.5])],
  remainder: 0.25,
  pruned: 3,
  constant: -0.75,
  outputBias: 0,
};

test('bars are as long as what they say, the strongest whole, and each names its strongest head', () => {
  const rows = termRows(decomposition, 2);
  expect(rows.map(({ term: { component } }) => component.feature)).toEqual([8, 7]);
  expect(rows.map(({ length }) => length)).toEqual([1, 0.25]);
  expect(rows.map(({ share }) => share)).toEqual([1, -0.25]);
  expect(rows.map(({ head }) => head)).toEqual([2, 1]);
});

test('terms sum, and none sum to nothing', () => {
  expect(sumOfTerms(decomposition)).toBe(1.5);
  expect(termRows({ ...decomposition, terms: [] }, 2)).toEqual([]);
});

test('of many terms the strongest are shown, and the others are counted and summed', () => {
  const rows = termRows(decomposition, 2);
  expect(shownTerms(rows, 1)).toEqual({ shown: rows.slice(0, 1), hiddenCount: 1, hiddenSum: -0.5 });
  expect(shownTerms(rows, 2)).toEqual({ shown: rows, hiddenCount: 0, hiddenSum: 0 });
});
