import { expect, it } from 'vitest';
import { InductionIndex, proxyAgreement } from '../../../../pipeline/measures/families/maths/induction-proxy.ts';

const indexOf = (...contexts: number[][]) => {
  const index = new InductionIndex(10);
  for (const [i, context] of contexts.entries()) index.add(i, context);
  return index;
};

const isCounted = () => true;

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
  const agreement = proxyAgreement(
    index,
    2,
    { tokens: Uint32Array.of(2, 3), values: Float32Array.of(0.5, 2) },
    { max: 2, length: 6, isCounted },
  );
  expect([agreement.specificity, agreement.topSpecificity, agreement.sensitivity, agreement.silent]).toEqual([
    0.5, 1, 0.5, 1,
  ]);
  expect([agreement.held[49], agreement.missed[12]]).toEqual([1, 1]);
});

it('leaves out activations in contexts that it has not seen, between those that it has and after them', () => {
  const index = new InductionIndex(10);
  index.add(2, [9, 1, 2, 1]);
  index.add(5, [9, 3, 3, 3]);
  const activations = { tokens: Uint32Array.of(3, 11, 15, 22, 27), values: new Float32Array(5).fill(1) };
  const agreement = proxyAgreement(index, 2, activations, { max: 1, length: 4, isCounted });
  expect(agreement).toMatchObject({ specificity: 0.5, topSpecificity: 0.5, sensitivity: 1, silent: 0 });
  expect([agreement.held[49], agreement.missed[49]]).toEqual([1, 1]);
});

it('knows tokens by the numbers of their contexts in the run, which ascend', () => {
  const index = new InductionIndex(10);
  index.add(7, [9, 1, 2, 1]);
  expect(index.of(2)).toEqual([7 * 4 + 3]);
  expect([index.has(7), index.has(0)]).toEqual([true, false]);
  expect(() => index.add(7, [9, 1, 2, 1])).toThrow(RangeError);
});

it('takes a feature for silent only where tokens count for its SAE', () => {
  const index = indexOf([9, 1, 2, 1, 3, 1]);
  const activations = { tokens: Uint32Array.of(3), values: Float32Array.of(1) };
  const counting = { max: 1, length: 6, isCounted: (token: number) => token !== 5 };
  expect(proxyAgreement(index, 2, activations, counting)).toMatchObject({ silent: 0, sensitivity: 1 });
});
