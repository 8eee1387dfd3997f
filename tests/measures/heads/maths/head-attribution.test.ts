import { expect, it } from 'vitest';
import { attributionShares } from '../../../../pipeline/measures/heads/maths/head-attribution.ts';

it('weighs examples by their attribution, and leaves out what speaks against the feature', () => {
  const shares = attributionShares(
    [
      [3, -2, 0],
      [0, 0, 1],
    ],
    3,
  );
  expect([...shares]).toEqual([0.75, 0, 0.25]);
});

it('gives nothing where nothing was attributed', () => {
  expect([...attributionShares([], 2)]).toEqual([0, 0]);
  expect([...attributionShares([[-1, -1]], 2)]).toEqual([0, 0]);
});
