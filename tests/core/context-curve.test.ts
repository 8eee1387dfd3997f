import { expect, it } from 'vitest';
import { isSettled, shareAt, tokensNeeded } from '../../pipeline/core/context-curve.ts';

it('is settled once it has the whole activation at two lengths in a row', () => {
  expect(isSettled([0.2, 0.95])).toBe(false);
  expect(isSettled([0.2, 0.95, 0.91])).toBe(true);
  expect(isSettled([0.95])).toBe(false);
});

it('stands for its end where it was not followed further', () => {
  expect(shareAt([0.1, 0.95, 1], 64)).toBe(1);
  expect(shareAt([0.1, 0.95, 1], 1)).toBe(0.1);
  expect(shareAt([], 4)).toBeUndefined();
});

it('says how many tokens a share takes, or that none of them gave it', () => {
  expect(tokensNeeded([0.1, 0.4, 0.6, 0.9], 0.5)).toBe(4);
  expect(tokensNeeded([0.1, 0.4], 0.5)).toBeUndefined();
});
