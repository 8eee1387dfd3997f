import { expect, test } from 'vitest';
import { patternPixels } from '../../../../site/explorer/patterns/paint-pattern.ts';
import {
  attentionFrom,
  attentionKinds,
  patternChange,
  strongestSource,
} from '../../../../site/explorer/patterns/pattern.ts';

/** Two heads over four tokens: the first reads the token before, the second the first token. */
const patterns = {
  isChange: false,
  nHeads: 2,
  length: 4,
  values: Float32Array.from([
    ...[1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0],
    ...[1, 0, 0, 0, 0.5, 0.5, 0, 0, 0.75, 0, 0.25, 0, 0.5, 0, 0, 0.5],
  ]),
};

test('a head is told by where it attends, over the tokens that have all three sources apart', () => {
  expect(attentionKinds(patterns, 0)).toEqual({ first: 0, previous: 1, itself: 0 });
  expect(attentionKinds(patterns, 1)).toEqual({ first: 0.625, previous: 0, itself: 0.375 });
  expect(attentionKinds({ isChange: false, nHeads: 1, length: 1, values: Float32Array.of(1) }, 0).first).toBe(0);
});

test('a row of a pattern is what one position attends to', () => {
  expect([...attentionFrom(patterns, 1, 2)]).toEqual([0.75, 0, 0.25, 0]);
  expect(strongestSource(attentionFrom(patterns, 0, 3))).toBe(2);
});

test('no attention is clear, all of it is opaque, a quarter is half so', () => {
  const pixels = patternPixels(Float32Array.of(0, 1, 0.25), [10, 20, 30]);
  expect([...pixels]).toEqual([10, 20, 30, 0, 10, 20, 30, 255, 10, 20, 30, 128]);
});

test('what a pass’s patterns differ by is painted in a colour for each sign, and its strongest source is by magnitude', () => {
  const after = { ...patterns, values: patterns.values.map((value, i) => value + [0, 0.25, -1, 0][i % 4]) };
  const { values, isChange } = patternChange(patterns, after);
  expect(isChange).toBe(true);
  expect([...values.subarray(0, 4)]).toEqual([0, 0.25, -1, 0]);
  expect(strongestSource(values.subarray(0, 4))).toBe(2);
  expect([...patternPixels(values.subarray(1, 3), [1, 2, 3], [4, 5, 6])]).toEqual([1, 2, 3, 128, 4, 5, 6, 255]);
});
