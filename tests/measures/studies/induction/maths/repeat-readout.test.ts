import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import {
  headLogitAttribution,
  logitDirection,
  meanUnembedding,
  relativeUnembedding,
} from '../../../../../pipeline/attribution/direct-logit-attribution.ts';
import { repeatReadout } from '../../../../../pipeline/measures/studies/induction/maths/repeat-readout.ts';
import { attentionStates, logits, type Transformer } from '../../../../../pipeline/model/transformer.ts';
import { nested, tinyConfig, tinyTokens, tinyTransformer } from '../../../../attribution/recursion/tiny-prompt.ts';

const other = [19, 2, 2, 4, 18, 6, 2, 9, 11];
const rows = [tinyTokens, other];
const sources = [4, 3];
const answers = [7, 13];
const length = tinyTokens.length;

let model: Transformer;
let tokens: tf.Tensor;

beforeAll(async () => {
  model = await tinyTransformer();
  tokens = tf.tensor(rows, [2, length], 'int32');
});

const asTensor = (ids: readonly number[]) => tf.tensor([...ids], [ids.length], 'int32');

const wholeMean = () => meanUnembedding(model, tf.ones([1, tinyConfig.vocabSize]));

function readout() {
  const oneHot = rows.map((_, row) => Array.from({ length }, (_, s) => Number(s === sources[row])));
  return repeatReadout(model, tokens, tf.tensor(oneHot, [2, length]), asTensor(answers), wholeMean());
}

it('attention is the pattern’s, from the last position to the source', () => {
  const states = attentionStates(model, tokens, tinyConfig.nLayers - 1);
  const found = nested(readout().attention, tf.Rank.R3);
  for (const [layer, { pattern }] of states.entries()) {
    const expected = nested(pattern, tf.Rank.R4);
    for (const [row, source] of sources.entries()) {
      for (let head = 0; head < tinyConfig.nHeads; head++) {
        expect(found[row]?.[layer]?.[head]).toBeCloseTo(expected[row]?.[head]?.[length - 1]?.[source] ?? Number.NaN, 6);
      }
    }
  }
});

it('the logit is the model’s own, less the mean over the vocabulary', () => {
  const all = nested(logits(model, tokens), tf.Rank.R3);
  const found = nested(readout().logit, tf.Rank.R1);
  for (const [row, answer] of answers.entries()) {
    const last = all[row]?.[length - 1] ?? [];
    const mean = last.reduce((sum, logit) => sum + logit, 0) / last.length;
    expect(found[row]).toBeCloseTo((last[answer] ?? Number.NaN) - mean, 4);
  }
});

it('the mean leaves out rows that are no tokens', () => {
  const counted = [1, 2, 5];
  const mask = Array.from({ length: tinyConfig.vocabSize }, (_, id) => Number(counted.includes(id)));
  const found = nested(meanUnembedding(model, tf.tensor([mask])).direction, tf.Rank.R2)[0] ?? [];
  const all = nested(model.unembedding, tf.Rank.R2);
  for (const [d, value] of found.entries()) {
    const sum = counted.reduce((total, id) => total + (all[id]?.[d] ?? Number.NaN), 0);
    expect(value).toBeCloseTo(sum / counted.length, 6);
  }
});

it('the heads’ attributions and those of all else that is in the residual stream sum to the logit', () => {
  const { config } = model;
  const last = (x: tf.Tensor) => tf.reshape(tf.slice(x, [0, length - 1, 0], [2, 1, -1]), [2, -1]);
  const parts = model.embeddingParts(tokens).map(last);
  let stream = model.embed(tokens);
  for (let layer = 0; layer < config.nLayers; layer++) {
    const own = model.layer(layer);
    const { mlp, next } = own.finish(stream, own.attend(stream).z);
    parts.push(last(mlp), tf.tile(tf.expandDims(own.output.bias ?? tf.zeros([config.dModel]), 0), [2, 1]));
    stream = next;
  }
  const { direction, bias } = logitDirection(
    model,
    last(stream),
    relativeUnembedding(model, asTensor(answers), wholeMean()),
  );
  const others = parts.map((part) => nested(tf.sum(tf.mul(part, direction), -1), tf.Rank.R1));
  const heads = nested(readout().attribution, tf.Rank.R3);
  const found = nested(readout().logit, tf.Rank.R1);
  for (const row of rows.keys()) {
    const fromHeads = (heads[row] ?? []).flat().reduce((sum, value) => sum + value, 0);
    const rest = others.reduce((sum, part) => sum + (part[row] ?? Number.NaN), 0);
    expect(Math.abs(fromHeads) + Math.abs(rest)).toBeGreaterThan(0.1);
    expect(fromHeads + rest + (nested(bias, tf.Rank.R1)[row] ?? Number.NaN)).toBeCloseTo(found[row] ?? Number.NaN, 4);
  }
});

it('a head’s attribution is that of its own slice of z', () => {
  const { config } = model;
  const [, state] = attentionStates(model, tokens, 1);
  if (!state) throw new Error('no layer 1');
  const z = tf.reshape(tf.slice(state.z, [0, length - 1, 0], [2, 1, -1]), [2, -1]);
  const direction = tf.tensor([3, -1, 2, 0, 1, 4, -2, 1, 0, 5, 2, 1], [1, 12]);
  const found = nested(headLogitAttribution(model, 1, z, tf.tile(direction, [2, 1])), tf.Rank.R2);
  for (let head = 0; head < config.nHeads; head++) {
    const mask = Array.from({ length: 12 }, (_, i) => Number(Math.floor(i / 4) === head));
    const own = tf.matMul(tf.mul(z, tf.tensor1d(mask)) as tf.Tensor2D, model.layer(1).output.weight as tf.Tensor2D);
    const expected = nested(tf.sum(tf.mul(own, direction), -1), tf.Rank.R1);
    for (const row of rows.keys()) expect(found[row]?.[head]).toBeCloseTo(expected[row] ?? Number.NaN, 5);
  }
});
