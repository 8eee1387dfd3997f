import { describe, expect, it } from 'vitest';
import { largestOfTokens } from '../../../pipeline/training/sae/largest-of-tokens.ts';
import { tinyShape, tinyState } from './tiny-state.ts';

const { dSae, batch } = tinyShape;

/** The features and values kept of each token, of those of the given features alone. */
async function kept(pre: readonly number[], features: readonly number[], most: number) {
  const state = await tinyState();
  const { ints, floats } = state;
  floats.pre.fill(-1).set(pre);
  floats.floors.fill(Number.POSITIVE_INFINITY);
  for (const feature of features) floats.floors[feature] = 0;
  const into = { rowStart: ints.auxRowStart, features: ints.auxFeatures, values: floats.auxValues };
  const entries = largestOfTokens(state, most, into);
  const [first = 0, end = 0] = entries.rowStart;
  return { rowStart: [...entries.rowStart], features: [...entries.features.subarray(first, end)] };
}

describe('largestOfTokens', () => {
  it('keeps a larger pre-activation before equal ones, and of these the first', async () => {
    const { features } = await kept([1, 1, 2, 1, 3], [0, 1, 2, 3, 4], 3);
    expect(features).toEqual([0, 2, 4]);
  });

  it('keeps those of features with a floor alone', async () => {
    const { features } = await kept([5, 1, 4, 2, 3], [1, 3, 4], 2);
    expect(features).toEqual([3, 4]);
  });

  it('keeps fewer of a token that has fewer, though another before it had larger ones', async () => {
    const row = Array.from({ length: dSae }, () => 9);
    const { rowStart } = await kept([...row, 0.5, 0, -3, 0.25], [0, 1, 2, 3], 3);
    expect(rowStart).toEqual([0, 3, 5, ...Array.from({ length: batch - 2 }, () => 5)]);
  });
});
