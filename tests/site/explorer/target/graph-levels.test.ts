import { expect, test } from 'vitest';
import { leastShares, stepOfShare } from '../../../../site/explorer/target/graph-levels.ts';

test('each share of the slider is its own step, and others go to the nearest', () => {
  expect(leastShares.map(stepOfShare)).toEqual(leastShares.map((_, i) => i));
  expect(stepOfShare(0.9)).toBe(0);
  expect(stepOfShare(0.0001)).toBe(leastShares.length - 1);
  expect(stepOfShare(0.021)).toBe(leastShares.indexOf(0.02));
});
