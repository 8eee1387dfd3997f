import { expect, test } from 'vitest';
import { chooseExamples } from '../../../pipeline/measures/upstream/choose-examples.ts';

/** Candidates as [feature, context] pairs; gives the chosen pairs. */
function choose(pairs: readonly (readonly [number, number])[], wanted: number, mostContexts?: number) {
  const candidates = {
    features: Int32Array.from(pairs, ([feature]) => feature),
    contexts: Int32Array.from(pairs, ([, context]) => context),
  };
  return chooseExamples(candidates, wanted, mostContexts).map((i) => pairs[i]);
}

test('the context that serves most features is taken first', () => {
  const pairs = [
    [0, 10],
    [0, 30],
    [1, 20],
    [1, 30],
    [2, 30],
  ] as const;
  expect(choose(pairs, 1)).toEqual([
    [0, 30],
    [1, 30],
    [2, 30],
  ]);
});

test('of a limited number of contexts those that serve most features are left', () => {
  const pairs = [
    [0, 10],
    [1, 20],
    [2, 20],
    [3, 30],
  ] as const;
  expect(choose(pairs, 1, 1)).toEqual([
    [1, 20],
    [2, 20],
  ]);
  expect(choose(pairs, 1, 0)).toEqual([]);
});

test('every feature gets as many as are wanted, or all it has', () => {
  const pairs = [
    [0, 1],
    [0, 2],
    [0, 3],
    [1, 2],
    [2, 4],
    [2, 5],
  ] as const;
  const chosen = choose(pairs, 2);
  expect([0, 1, 2].map((feature) => chosen.filter((pair) => pair?.[0] === feature).length)).toEqual([2, 1, 2]);
});

test('what is chosen comes by context, then in the order of the candidates', () => {
  const pairs = [
    [0, 9],
    [1, 9],
    [2, 3],
    [3, 3],
    [4, 5],
  ] as const;
  expect(choose(pairs, 1)).toEqual([
    [2, 3],
    [3, 3],
    [4, 5],
    [0, 9],
    [1, 9],
  ]);
});

test('a context whose features were served meanwhile is not taken for them again', () => {
  const pairs = [
    [0, 1],
    [1, 1],
    [2, 1],
    [0, 2],
    [1, 2],
    [3, 2],
  ] as const;
  expect(choose(pairs, 1)).toEqual([
    [0, 1],
    [1, 1],
    [2, 1],
    [3, 2],
  ]);
});

test('of no candidates none are chosen', () => {
  expect(choose([], 3)).toEqual([]);
});

test('serves more features from one context than a call takes arguments', () => {
  const count = 150_000;
  const features = Int32Array.from({ length: count }, (_, feature) => feature);
  expect(chooseExamples({ features, contexts: new Int32Array(count) }, 3)).toHaveLength(count);
});
