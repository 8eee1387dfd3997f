import { expect, it } from 'vitest';
import {
  arrivalOf,
  isSettled,
  shareAt,
  tokensNeeded,
} from '../../../../pipeline/measures/families/maths/context-curve.ts';

it('is settled once it has the whole activation at two lengths in a row', () => {
  expect(isSettled([0.2, 0.95])).toBe(false);
  expect(isSettled([0.2, 0.95, 0.91])).toBe(true);
  expect(isSettled([0.95])).toBe(false);
});

it('stands for its end where it was settled, and says nothing past it where the contexts were too short', () => {
  expect(shareAt([0.1, 0.95, 1], 64)).toBe(1);
  expect(shareAt([0.1, 0.5, 1], 8)).toBeUndefined();
  expect(shareAt([0.1, 0.5, 0.8, 0.7], 8)).toBe(0.7);
  expect(shareAt([0.1, 0.5], 8, true)).toBe(0.5);
  expect(shareAt([0.1, 0.95, 1], 1)).toBe(0.1);
  expect(shareAt([], 4)).toBeUndefined();
});

it('says how many tokens a share takes, or that none of them gave it', () => {
  expect(tokensNeeded([0.1, 0.4, 0.6, 0.9], 0.5)).toBe(4);
  expect(tokensNeeded([0.1, 0.4], 0.5)).toBeUndefined();
});

it('has arrived as soon as the cut holds what the example reads', () => {
  // 80 % and more of what is read stands three tokens back: the cut to 4 tokens is the first that holds it.
  const bySource = [9, 0.1, 0, 8, 0.1, 0, 0.1];
  expect(arrivalOf([0, 0.1, 0.7, 0.8], bySource, 6)).toBe(0.7);
  expect(arrivalOf([0, 0.1], bySource, 6)).toBeUndefined();
  expect(arrivalOf([0.9, 0.95], bySource, 6)).toBe(0.95);
});

it('takes what lowers the activation for nothing read', () => {
  expect(arrivalOf([0.4, 0.9], [0, 0, -9, 1], 3)).toBe(0.4);
});
