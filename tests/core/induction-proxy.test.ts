import { expect, it } from 'vitest';
import { InductionIndex, proxyAgreement } from '../../pipeline/core/induction-proxy.ts';

const indexOf = (...contexts: number[][]) => {
  const index = new InductionIndex(10);
  for (const context of contexts) index.add(context);
  return index;
};

it('knows at which tokens B is next by induction: the present token was followed by B before', () => {
  // BOS A B A C A: at the second A, B has followed; at the third, B and C.
  const index = indexOf([9, 1, 2, 1, 3, 1]);
  expect(index.of(2)).toEqual([3, 5]);
  expect(index.of(3)).toEqual([5]);
  expect(index.of(1)).toEqual([]);
});

it('forgets one context in the next, and takes BOS for no occurrence', () => {
  expect(indexOf([9, 1, 2], [9, 1, 2]).of(2)).toEqual([]);
  expect(indexOf([9, 1, 9, 2]).of(1)).toEqual([]);
});

it('does not take a token for its own follower', () => {
  expect(indexOf([9, 1, 1]).of(1)).toEqual([]);
  expect(indexOf([9, 1, 1, 1]).of(1)).toEqual([3]);
});

it('counts where a feature and the proxy agree, by level of activation', () => {
  const index = indexOf([9, 1, 2, 1, 3, 1]);
  const agreement = proxyAgreement(index, 2, { tokens: Uint32Array.of(2, 3), values: Float32Array.of(0.5, 2) }, 2);
  expect([agreement.specificity, agreement.topSpecificity, agreement.sensitivity, agreement.silent]).toEqual([
    0.5, 1, 0.5, 1,
  ]);
  expect([agreement.held[49], agreement.missed[12]]).toEqual([1, 1]);
});

it('leaves out activations past the contexts that it has seen', () => {
  const agreement = proxyAgreement(
    indexOf([9, 1, 2]),
    2,
    { tokens: Uint32Array.of(50), values: Float32Array.of(1) },
    1,
  );
  expect(agreement).toMatchObject({ specificity: 0, sensitivity: 0, silent: 0 });
  expect(agreement.missed.every((count) => count === 0)).toBe(true);
});
