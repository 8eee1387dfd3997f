import { expect, test } from 'vitest';
import {
  firstView,
  leastShares,
  mostDepth,
  stepOfShare,
  within,
} from '../../../../site/explorer/target/graph-levels.ts';

test('each share of the slider is its own step, and others go to the nearest', () => {
  expect(leastShares.map(stepOfShare)).toEqual(leastShares.map((_, i) => i));
  expect(stepOfShare(0.9)).toBe(leastShares.length - 1);
  expect(stepOfShare(0.0001)).toBe(0);
  expect(stepOfShare(0.021)).toBe(leastShares.indexOf(0.02));
});

test('a step to the right raises the share', () => {
  expect(leastShares.toSorted((a, b) => a - b)).toEqual(leastShares);
});

test('an address gets no graph that the sliders could not ask for', () => {
  expect(within(firstView)).toEqual(firstView);
  expect(within({ maxDepth: 99, minShare: 0 })).toEqual({ maxDepth: mostDepth, minShare: 0.005 });
  expect(within({ maxDepth: 0, minShare: 0.3 })).toEqual({ maxDepth: 1, minShare: 0.3 });
});
