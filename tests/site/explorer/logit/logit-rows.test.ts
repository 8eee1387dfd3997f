import { expect, test } from 'vitest';
import { logitScores, rankFeatures } from '../../../../site/explorer/features/rank-features.ts';
import { byHead, partsByKind, strongestTerms, sumOf } from '../../../../site/explorer/logit/logit-rows.ts';
import { pickMinus, pickToken, resolveLogit } from '../../../../site/explorer/logit/pick-logit.ts';
import type { ExplainedLogit } from '../../../../site/explorer/protocol.ts';

const term = (
  kind: ExplainedLogit['terms'][number]['component']['kind'],
  layer: number | null,
  attribution: number,
  feature: number | null = null,
) => ({
  component: { kind, layer, feature },
  attribution,
});

/** Two layers of two heads: 1 of embeddings, 1 + 3 − 2 of attention, 0.5 and 0.25 of MLPs, −0.75 of the unembedding. */
const logit: ExplainedLogit = {
  target: { position: 3, tokenId: 7, minusTokenId: 2 },
  texts: [' Mary', ' John'],
  terms: [
    term('embedding', null, 0.75),
    term('position', null, 0.25),
    term('error', 0, -0.5),
    term('mlp', 0, 0.5),
    term('attention', 1, -2),
    term('mlp', 1, 0.25),
    term('feature', 0, 1.5, 4),
    term('feature', 0, 3, 5),
    term('feature', 0, 0, 6),
    term('unembedding_bias', null, -0.75),
  ],
  byHead: Float32Array.of(1, 3, -2, -0.5),
  outputBias: Float32Array.of(0, 0.5),
  uncapped: 3,
  logit: 3,
  probability: null,
  slopes: [],
};

test('a logit is the sum of its kinds, and of heads, MLPs, embeddings and biases', () => {
  const kinds = partsByKind(logit);
  expect(kinds.map(({ name }) => name)).toEqual([
    'Features',
    'SAE errors',
    'Attention without an SAE',
    'MLPs',
    'Embeddings',
    'Biases',
  ]);
  expect(sumOf(kinds)).toBe(3);
  const { heads, outputBiases, mlps, others, largest } = byHead(logit);
  expect(heads).toEqual([
    [1, 3],
    [-2, -0.5],
  ]);
  expect(mlps).toEqual([0.5, 0.25]);
  expect([...heads.flat(), ...outputBiases, ...mlps].reduce((sum, value) => sum + value, sumOf(others))).toBe(3);
  expect(largest).toBe(3);
});

test('terms that are not shown are one sum', () => {
  const { shown, hiddenCount, remainder } = strongestTerms(logit, 3);
  expect(shown.map(({ attribution }) => attribution)).toEqual([3, -2, 1.5]);
  expect(hiddenCount).toBe(6);
  expect(sumOf(shown) + remainder).toBe(3);
});

test('features are ordered by what they add, whichever way it points; one without a score is left out', () => {
  const features = [4, 5, 6, 9].map((feature) => ({ layer: 0, feature, activation: 1 }));
  const scores = new Map([...logitScores(logit), ['0/4', -5]]);
  const { features: ranked, largest } = rankFeatures([{ layer: 0, features, largest: 1 }], scores);
  expect(ranked.map(({ active, value }) => [active.feature, value])).toEqual([
    [4, -5],
    [5, 3],
    [6, 0],
  ]);
  expect(largest).toBe(5);
});

test('a token is picked and let go; a second is taken away, and never the same', () => {
  const first = pickToken(null, 7, null);
  expect(first).toEqual({ position: null, tokenId: 7, minusTokenId: null });
  if (!first) throw new Error('one was picked');
  const both = pickMinus(first, 2);
  expect(both.minusTokenId).toBe(2);
  expect(pickMinus(both, 2)).toEqual(first);
  expect(pickToken(both, 2, 5)).toEqual({ position: 5, tokenId: 2, minusTokenId: null });
  expect(pickToken(both, 3, 5)).toEqual({ position: 5, tokenId: 3, minusTokenId: 2 });
  expect(pickToken(both, 7, 5)).toBe(null);
  expect(resolveLogit(both, 4).position).toBe(3);
});
