import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../../../pipeline/files/model/model-dir.ts';
import { meanRotation, scoresByDistance } from '../../../../pipeline/measures/circuits/maths/distances.ts';
import { headFactors } from '../../../../pipeline/measures/circuits/maths/head-factors.ts';
import {
  positionalPreference,
  scoresOfProfile,
} from '../../../../pipeline/measures/circuits/maths/positional-preference.ts';
import { normScale } from '../../../../pipeline/model/norm.ts';
import { rotate } from '../../../../pipeline/model/rotary.ts';
import { Transformer } from '../../../../pipeline/model/transformer.ts';
import { nested, onBackend } from '../../../attribution/recursion/tiny-prompt.ts';
import { familyFolder } from '../../../model/family-cases.ts';

const rotary = { dims: 4, frequencies: [0.9, 0.2], pairs: 'halves' } as const;
const [heads, tokens, dHead, count] = [2, 5, 6, 7];

beforeAll(() => tf.setBackend('cpu'));

/** q·k of a query at `distance` and a key at position 0: q, k [dHead]. */
function scoreAt(q: tf.Tensor, k: tf.Tensor, distance: number): number {
  const turned = rotate(rotary, tf.reshape(q, [1, dHead]), { first: distance, length: 1 });
  return (
    tf.sum(tf.mul(turned, rotate(rotary, tf.reshape(k, [1, dHead]), { first: 0, length: 1 }))).dataSync()[0] ??
    Number.NaN
  );
}

describe('scores by distance', () => {
  it('are the means over all pairs of tokens, and over tokens with themselves', () => {
    const queries = tf.randomNormal([heads, tokens, dHead], 0, 1, 'float32', 1);
    const keys = tf.randomNormal([heads, tokens, dHead], 0, 1, 'float32', 2);
    const { all, same } = scoresByDistance(queries, keys, rotary, count);
    const row = (x: tf.Tensor, head: number, token: number) =>
      tf.reshape(tf.slice(x, [head, token, 0], [1, 1, -1]), [dHead]);
    for (const distance of [0, 1, 6]) {
      let [pairs, own] = [0, 0];
      for (let a = 0; a < tokens; a++) {
        own += scoreAt(row(queries, 1, a), row(keys, 1, a), distance) / tokens;
        for (let b = 0; b < tokens; b++) pairs += scoreAt(row(queries, 1, a), row(keys, 1, b), distance) / tokens ** 2;
      }
      expect(nested(all, tf.Rank.R2)[1]?.[distance]).toBeCloseTo(pairs, 4);
      expect(nested(same, tf.Rank.R2)[1]?.[distance]).toBeCloseTo(own, 4);
    }
  });

  it('have a mean circuit that gives the mean score over the distances from 1 on', () => {
    const [q, k] = [tf.randomNormal([dHead], 0, 1, 'float32', 3), tf.randomNormal([dHead], 0, 1, 'float32', 4)];
    const mean = meanRotation(rotary, count, dHead);
    const found = tf.sum(tf.mul(tf.matMul(tf.reshape(q, [1, dHead]), mean), k)).dataSync()[0];
    const wanted = [1, 2, 3, 4, 5, 6].reduce((sum, distance) => sum + scoreAt(q, k, distance) / 6, 0);
    expect(found).toBeCloseTo(wanted, 4);
  });

  it('say which source a head prefers by distance alone, within its window', () => {
    const previous = positionalPreference(scoresOfProfile([0, 30, 0, 0, 0, 0, 0, 0], 8), 8);
    expect(previous.previous).toBeGreaterThan(0.99);
    const windowed = positionalPreference(scoresOfProfile([0, 1, 2], 8), 8);
    expect(windowed.first).toBeLessThan(0.5);
    expect(windowed.recency).toBeCloseTo(-1, 5);
  });
});

it('head factors hold the gains of norms of queries, keys and outputs', async () => {
  for (const name of ['gemma-2', 'gemma-3', 'qwen3']) {
    const { config, weights } = await loadModel(familyFolder(name));
    const loaded = Object.entries(weights).map(([tensor, value]) => [tensor, onBackend(value)] as const);
    const transformer = new Transformer(config, Object.fromEntries(loaded));
    const layer = transformer.layer(1);
    const x = tf.randomNormal([1, 1, config.dModel], 0, 1, 'float32', 5);
    const { key, output } = headFactors(transformer, 1);
    const { attentionNorm, keyNorm, postAttentionNorm } = layer;
    const normed = tf.div(tf.reshape(x, [1, -1]), normScale(attentionNorm, tf.reshape(x, [1, -1])));
    // Frozen scales aside, a factor's read is the key itself: position 0 is not rotated.
    const ofHead = tf.squeeze(tf.slice(key, [0, 0, 0], [1, -1, -1]), [0]);
    const read = tf.matMul(normed as tf.Tensor2D, ofHead as tf.Tensor2D, false, true);
    const own = tf.reshape(
      tf.slice(layer.queryKeyValue(x, { first: 0, length: 1 }).key, [0, 0, 0, 0], [1, 1, 1, -1]),
      [1, -1],
    );
    const ratio = [...tf.div(read, own).dataSync()];
    if (keyNorm) for (const each of ratio) expect(each / (ratio[0] ?? Number.NaN)).toBeCloseTo(1, 3);
    else for (const each of ratio) expect(each).toBeCloseTo(1, 3);
    const z = tf.randomNormal([1, config.nHeads * config.dHead], 0, 1, 'float32', 6);
    const written = tf.matMul(z as tf.Tensor2D, tf.reshape(output, [config.nHeads * config.dHead, -1]) as tf.Tensor2D);
    const scale = postAttentionNorm ? normScale(postAttentionNorm, layer.write(z)) : 1;
    const difference =
      tf.max(tf.abs(tf.sub(tf.div(written, scale), layer.attentionOutput(z)))).dataSync()[0] ?? Number.NaN;
    expect(difference).toBeLessThan(1e-4);
  }
});
