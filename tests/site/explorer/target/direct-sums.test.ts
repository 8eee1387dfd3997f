import { expect, test } from 'vitest';
import { directSums } from '../../../../site/explorer/target/direct-sums.ts';

const attribution = {
  target: { layer: 1, feature: 4, position: 2 },
  byHeadAndSource: Float32Array.of(1, -2, 0.5, 0, 4, -0.25),
  constant: -1,
  outputBias: 0,
  preActivation: 2.25,
};

test('sums by head and by source have one total', () => {
  const { heads, sources, byHead, bySource, total, largest } = directSums(attribution);
  expect([heads, sources]).toEqual([2, 3]);
  expect([...byHead]).toEqual([-0.5, 3.75]);
  expect([...bySource]).toEqual([1, 2, 0.25]);
  expect(total).toBe(3.25);
  expect(largest).toBe(4);
});

test('a cell is found by head and source, and the strongest come by magnitude', () => {
  const sums = directSums(attribution);
  expect(sums.at(1, 1)).toBe(4);
  expect(sums.strongest(2)).toEqual([
    { head: 1, source: 1, attribution: 4 },
    { head: 0, source: 1, attribution: -2 },
  ]);
});
