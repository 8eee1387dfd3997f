import { expect, test } from 'vitest';
import { familiesOf, listFeatures } from '../../../../site/explorer/features/list-features.ts';
import { askUnlisted } from '../../../../site/explorer/passes/ask-unlisted.ts';
import { changeFeatures } from '../../../../site/explorer/passes/change-features.ts';
import { changePredictions } from '../../../../site/explorer/passes/change-predictions.ts';
import { activationsAlong, featuresAt } from '../../../../site/explorer/passes/features-at.ts';
import { meanLoss, nextToken } from '../../../../site/explorer/passes/next-token.ts';
import { resultJson } from '../../../../site/explorer/passes/result-json.ts';
import type { LayerFeatures, PassResult, Prediction } from '../../../../site/explorer/protocol.ts';

/** Rows of [position, feature, activation]. */
function layerOf(layer: number, rows: readonly (readonly [number, number, number])[]): LayerFeatures {
  return {
    layer,
    positions: Int32Array.from(rows, ([position]) => position),
    features: Int32Array.from(rows, ([, feature]) => feature),
    activations: Float32Array.from(rows, ([, , activation]) => activation),
  };
}

const layer2 = layerOf(2, [
  [0, 9, 4],
  [2, 7, 3],
  [2, 9, 0.5],
  [3, 7, 1],
]);

const prediction = (tokenId: number, probability: number): Prediction => ({
  tokenId,
  text: `t${tokenId}`,
  logit: Math.log(probability),
  probability,
});

const result: PassResult = {
  predictions: [[prediction(5, 0.6), prediction(6, 0.3)], [prediction(6, 0.9)]],
  losses: Float32Array.of(Math.log(4)),
  layers: [layer2],
  elapsedMs: 1,
};

test('the features of a position are those of its rows, in their order; a position without any has none', () => {
  expect(featuresAt(layer2, 2)).toEqual([
    { layer: 2, feature: 7, activation: 3 },
    { layer: 2, feature: 9, activation: 0.5 },
  ]);
  expect([0, 1, 3, 4].map((position) => featuresAt(layer2, position).length)).toEqual([1, 0, 1, 0]);
});

test('along the prompt a feature is zero where it is not listed', () => {
  expect([...activationsAlong([layer2], { layer: 2, feature: 9 }, 5)]).toEqual([4, 0, 0.5, 0, 0]);
  expect([...activationsAlong([layer2], { layer: 1, feature: 9 }, 2)]).toEqual([0, 0]);
});

test('the token that follows has its rank and its probability; the last position has none', () => {
  const next = nextToken([1, 6], result, 0);
  expect(next).toMatchObject({ tokenId: 6, rank: 2 });
  expect(next?.probability).toBeCloseTo(0.25, 6);
  expect(nextToken([1, 8], result, 0)?.rank).toBe(null);
  expect(nextToken([1, 6], result, 1)).toBe(null);
  expect(meanLoss(result)).toBeCloseTo(Math.log(4), 6);
});

test('predictions of two passes stand side by side, from the most probable in either', () => {
  const before = [prediction(1, 0.5), prediction(2, 0.3), prediction(3, 0.1)];
  const after = [prediction(4, 0.7), prediction(1, 0.2), prediction(3, 0.05)];
  const changes = changePredictions(before, after, 2);
  expect(changes.map(({ tokenId }) => tokenId)).toEqual([4, 1, 2]);
  expect(changes[1]).toMatchObject({ before: before[0], after: after[1] });
  expect(changes[2]?.after).toBe(undefined);
  expect(changePredictions(before, after, 3).find(({ tokenId }) => tokenId === 3)?.after).toBe(after[2]);
});

test('each pass is asked for the tokens that only the other lists, and then every row has both predictions', async () => {
  const before = [prediction(1, 0.5), prediction(2, 0.3)];
  const after = [prediction(4, 0.7), prediction(1, 0.2)];
  const pass = { ids: [0, 1], edits: [], saes: [], position: 1 };
  const asked: unknown[] = [];
  const others = await askUnlisted(
    { before: { ...pass, listed: before }, after: { ...pass, ids: [0, 1, 2], position: 2, listed: after } },
    async ({ ids, position }, tokenIds) => {
      asked.push([ids, position, tokenIds]);
      return tokenIds.map((id) => prediction(id, 0.01));
    },
  );
  expect(asked).toEqual([
    [[0, 1], 1, [4]],
    [[0, 1, 2], 2, [2]],
  ]);
  const rows = changePredictions([...before, ...others.before], [...after, ...others.after], 2);
  expect(rows.map((row) => [row.tokenId, row.before?.probability, row.after?.probability])).toEqual([
    [4, 0.01, 0.7],
    [1, 0.5, 0.2],
    [2, 0.3, 0.01],
  ]);
});

test('passes that list the same tokens are asked nothing more', async () => {
  const pass = { ids: [0], edits: [], saes: [], position: 0, listed: [prediction(1, 0.5)] };
  const never = () => Promise.reject(new Error('asked'));
  expect(await askUnlisted({ before: pass, after: pass }, never)).toEqual({ before: [], after: [] });
});

test('features that appear, vanish and change are listed from the greatest change; rounding is none', () => {
  const after = layerOf(2, [
    [1, 7, 3.0001],
    [1, 8, 2],
  ]);
  const [change] = changeFeatures({ layers: [layer2], position: 2 }, { layers: [after], position: 1 });
  expect(change).toEqual({
    layer: 2,
    unchangedCount: 1,
    changes: [
      { layer: 2, feature: 8, before: 0, after: 2 },
      { layer: 2, feature: 9, before: 0.5, after: 0 },
    ],
  });
});

test('a pass does not differ from itself', () => {
  const same = { layers: [layer2], position: 2 };
  expect(changeFeatures(same, same)).toEqual([{ layer: 2, unchangedCount: 2, changes: [] }]);
});

const name = { text: '<b>copies</b>', isRule: false, isAtChance: true };
const labelOf = (_layer: number, feature: number) =>
  feature === 7 ? { sae: '2-b', family: 'induction', promotes: [' a'], name: () => name } : undefined;

test('lists keep to the layer and the family asked for, and count families', () => {
  const layers = [layer2, layerOf(3, [[2, 7, 1]])];
  const all = listFeatures(layers, 2, { layer: null, family: null }, labelOf);
  expect(all.map(({ layer, features, largest }) => [layer, features.length, largest])).toEqual([
    [2, 2, 3],
    [3, 1, 1],
  ]);
  expect(familiesOf(all, labelOf)).toEqual([['induction', 2]]);
  const kept = listFeatures(layers, 2, { layer: 2, family: 'induction' }, labelOf);
  expect(kept.flatMap(({ features }) => features.map(({ feature }) => feature))).toEqual([7]);
});

test('the copied result holds the tokens, predictions and named features of the position shown', () => {
  const tokens = { ids: [1, 6], texts: ['<b>', ' x'], cut: 0 };
  const copied = resultJson('tiny', 'http://a/', [{ tokens, edits: [], result, position: 2 }], labelOf);
  expect(JSON.parse(JSON.stringify(copied))).toMatchObject({
    model: 'tiny',
    passes: [
      {
        tokenIds: [1, 6],
        position: 2,
        features: [
          {
            ...{ sae: '2-b', layer: 2, feature: 7, activation: 3, family: 'induction', promotes: [' a'] },
            ...{ name: '<b>copies</b>', named_by: 'label', score_at_chance: true },
          },
          { feature: 9 },
        ],
      },
    ],
  });
});
