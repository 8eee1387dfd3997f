import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  headReading,
  logitDirection,
  unembeddingDifference,
} from '../../pipeline/attribution/direct-logit-attribution.ts';
import { logitOf } from '../../pipeline/measures/studies/ioi/maths/readout.ts';
import { normScale } from '../../pipeline/model/norm.ts';
import { wholeContext } from '../../pipeline/model/rotary.ts';
import { runTail } from '../../pipeline/model/tail.ts';
import { logits, type Transformer } from '../../pipeline/model/transformer.ts';
import { decode, encode } from '../../pipeline/sae/sae.ts';
import { nested, tinySaes, tinyTokens, tinyTransformer } from '../attribution/recursion/tiny-prompt.ts';

const tolerance = 1e-4;
const length = tinyTokens.length;
const [io, s] = [3, 7];
const dIn = 12;
const s2 = 5;
const start = 4;
const tail = length - start;

const tokens = () => tf.tensor2d([tinyTokens], [1, length], 'int32');
const ids = (id: number) => tf.tensor1d([id], 'int32');

/** The residual stream that enters each layer of the unchanged prompt. */
function streamsOf(transformer: Transformer): tf.Tensor[] {
  const { config } = transformer;
  const streams = [transformer.embed(tokens())];
  for (let layer = 0; layer < config.nLayers; layer++) {
    const stream = streams[layer] ?? tf.scalar(0);
    streams.push(transformer.layer(layer).finish(stream, transformer.layer(layer).attend(stream).z).next);
  }
  return streams;
}

/** Logit differences of tails from a layer on, with each row of changes [row, dIn] added to that layer's z at a position. */
function tailDifferences(transformer: Transformer, first: number, position: number, changes: tf.Tensor): number[] {
  const streams = streamsOf(transformer);
  const [rows = 1] = changes.shape;
  const mask = tf.tensor2d(
    Array.from({ length: tail }, (_, t) =>
      Array.from({ length: length + tail }, (_, j) => (j < start || (j >= length && j <= length + t) ? 0 : -1e9)),
    ),
  );
  const { residual } = runTail(transformer, first, {
    residual: tf.slice(streams[first] ?? tf.scalar(0), [0, start, 0], [1, tail, -1]),
    mask,
    where: tf.reshape(tf.oneHot(ids(position - start), tail), [1, tail, 1]).toFloat(),
    positions: { first: start, length: tail },
    memory: (layer) => {
      const stream = streams[layer] ?? tf.scalar(0);
      return transformer.layer(layer).queryKeyValue(stream, wholeContext(length));
    },
    change: (layer) => (layer === first ? tf.reshape(changes, [rows, 1, dIn]) : tf.zeros([rows, 1, dIn])),
  });
  return [...logitOf(transformer, residual, unembeddingDifference(transformer, ids(io), ids(s))).dataSync()];
}

/** The same by a whole forward pass with z edited. */
function wholeDifference(transformer: Transformer, layer: number, edit?: (z: tf.Tensor) => tf.Tensor): number {
  const editZ = (z: tf.Tensor, at: number) => (edit && at === layer ? edit(z) : z);
  const end = nested(logits(transformer, tokens(), editZ), tf.Rank.R3)[0]?.[length - 1] ?? [];
  return (end[io] ?? Number.NaN) - (end[s] ?? Number.NaN);
}

const atPosition = (position: number, change: tf.Tensor) => {
  const here = tf.reshape(tf.oneHot(ids(position), length), [1, length, 1]).toFloat();
  return (z: tf.Tensor) => tf.add(z, tf.mul(here, tf.reshape(change, [1, 1, dIn])));
};

/** The SAE of a layer with f and z at a position of the unchanged prompt. */
function seen(transformer: Transformer, layer: number, position: number) {
  const loaded = tinySaes([layer]).get(layer);
  if (!loaded) throw new Error('unreachable: it was asked for');
  const z = transformer.layer(layer).attend(streamsOf(transformer)[layer] ?? tf.scalar(0)).z;
  const own = tf.reshape(tf.slice(z, [0, position, 0], [1, 1, dIn]), [1, dIn]);
  return { ...loaded, z: own, f: encode(loaded.sae, loaded.tensors, own) };
}

describe('a tail', () => {
  it.each([0, 1, 2, 3])('from layer %i is the whole prompt’s forward pass, changed or not', async (layer) => {
    const transformer = await tinyTransformer();
    const random = tf.randomNormal([2, dIn], 0, 1, 'float32', 3 + layer);
    const changes = tf.concat([tf.zeros([1, dIn]), random]);
    const found = tailDifferences(transformer, layer, s2, changes);
    const whole = [undefined, 0, 1].map((row) => {
      if (row === undefined) return wholeDifference(transformer, layer);
      return wholeDifference(transformer, layer, atPosition(s2, tf.slice(random, [row, 0], [1, dIn])));
    });
    expect(found).toHaveLength(3);
    found.forEach((difference, row) =>
      expect(Math.abs(difference - (whole[row] ?? Number.NaN))).toBeLessThan(tolerance),
    );
    // The last layer's z at S2 reaches no other position.
    const moved = Math.abs((found[1] ?? 0) - (found[0] ?? 0));
    expect(moved > 100 * tolerance).toBe(layer < 3);
  });

  it('changed at the end differs in the last layer, too', async () => {
    const transformer = await tinyTransformer();
    const change = tf.randomNormal([1, dIn], 0, 1, 'float32', 9);
    const end = length - 1;
    const [found] = tailDifferences(transformer, 3, end, change);
    expect(found).toBeCloseTo(wholeDifference(transformer, 3, atPosition(end, change)), 4);
    expect(Math.abs((found ?? 0) - wholeDifference(transformer, 3))).toBeGreaterThan(100 * tolerance);
  });

  it('with each feature ablated, the error kept, is the forward pass with that feature at 0', async () => {
    const transformer = await tinyTransformer();
    const { tensors, z, f } = seen(transformer, 1, s2);
    const active = [...f.dataSync()].flatMap((value, feature) => (value > 0 ? [{ feature, value }] : []));
    expect(active.length).toBeGreaterThan(3);
    const changes = tf.concat(
      active.map(({ feature, value }) => tf.mul(tf.slice(tensors.wDec, [feature, 0], [1, dIn]), -value)),
    );
    const found = tailDifferences(transformer, 1, s2, changes);
    active.forEach(({ feature }, row) => {
      const without = tf.mul(f, tf.sub(1, tf.oneHot(ids(feature), f.size)));
      const error = tf.sub(z, decode(tensors, f));
      const ablated = tf.sub(tf.add(decode(tensors, without), error), z);
      const whole = wholeDifference(transformer, 1, atPosition(s2, ablated));
      expect(Math.abs((found[row] ?? 0) - whole)).toBeLessThan(tolerance);
    });
  });

  it('with all features ablated, the error kept, has bDec in place of ẑ', async () => {
    const transformer = await tinyTransformer();
    const { tensors, z, f } = seen(transformer, 2, s2);
    const all = tf.neg(tf.matMul(f as tf.Tensor2D, tensors.wDec as tf.Tensor2D));
    const [found] = tailDifferences(transformer, 2, s2, all);
    const biasAndError = tf.add(tensors.bDec, tf.sub(z, decode(tensors, f)));
    const whole = wholeDifference(transformer, 2, atPosition(s2, tf.sub(biasAndError, z)));
    expect(Math.abs((found ?? 0) - whole)).toBeLessThan(tolerance);
  });
});

describe('the logit difference', () => {
  it('is that of the logits', async () => {
    const transformer = await tinyTransformer();
    const stream = streamsOf(transformer)[4] ?? tf.scalar(0);
    const end = tf.reshape(tf.slice(stream, [0, length - 1, 0], [1, 1, -1]), [1, -1]);
    const found = logitOf(transformer, end, unembeddingDifference(transformer, ids(io), ids(s))).dataSync()[0];
    const all = nested(transformer.unembed(stream), tf.Rank.R3)[0]?.[length - 1] ?? [];
    expect(found).toBeCloseTo((all[io] ?? 0) - (all[s] ?? 0), 4);
  });

  it('is read from z by what a small change of it adds, the scale frozen', async () => {
    const transformer = await tinyTransformer();
    const x = tf.randomNormal([1, 12], 0, 1, 'float32', 1);
    const z = tf.randomNormal([1, dIn], 0, 1, 'float32', 2);
    const unembedding = unembeddingDifference(transformer, ids(io), ids(s));
    const { direction } = logitDirection(transformer, x, unembedding);
    const [read] = tf.sum(tf.mul(headReading(transformer.layer(2), z, direction), z)).dataSync();
    const { gain } = transformer.finalNorm;
    const written = tf.matMul(z as tf.Tensor2D, transformer.layer(2).output.weight as tf.Tensor2D);
    const centred = tf.sub(written, tf.mean(written));
    const scaled = tf.mul(tf.div(centred, normScale(transformer.finalNorm, x)), gain);
    expect(read).toBeCloseTo(tf.sum(tf.mul(scaled, unembedding.direction)).dataSync()[0] ?? Number.NaN, 4);
  });
});
