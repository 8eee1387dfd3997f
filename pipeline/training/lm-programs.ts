import * as tf from '@tensorflow/tfjs-core';
import { intSpec, type Program } from '../engine/program.ts';
import type { ModelConfig } from '../model/model.ts';
import { normalize } from '../model/norm.ts';
import { tensorShapes } from '../model/tensors.ts';
import { logits, runLayers, Transformer, tokenLosses } from '../model/transformer.ts';

/** The weights as inputs of a program: a trainer's change from run to run. */
function weightSpecs(config: ModelConfig) {
  const shapes = Object.entries(tensorShapes(config));
  return Object.fromEntries(shapes.map(([name, shape]) => [name, { shape, dtype: 'float32' as const }]));
}

/** Next-token losses [batch, length − 1] of `rows`. */
export function lmLosses(config: ModelConfig, batch: number, length: number): Program {
  return {
    name: 'language-model losses',
    inputs: { rows: intSpec(batch, length), ...weightSpecs(config) },
    weights: {},
    body({ rows, ...weights }) {
      if (!rows) throw new Error('the probe lacks its rows');
      return { losses: tokenLosses(logits(new Transformer(config, weights), rows), rows) };
    },
  };
}

/**
 * Logit of `right` [batch] less that of `wrong` [batch] at one position of each of `rows` [batch, length]: `ends` [batch]
 * says which, row·length + position. Output `difference` [batch].
 */
export function answerProgram(config: ModelConfig, batch: number, length: number): Program {
  return {
    name: 'answers',
    inputs: {
      rows: intSpec(batch, length),
      ends: intSpec(batch),
      right: intSpec(batch),
      wrong: intSpec(batch),
      ...weightSpecs(config),
    },
    weights: {},
    body({ rows, ends, right, wrong, ...weights }) {
      if (!rows || !ends || !right || !wrong) throw new Error('the probe lacks an input');
      const transformer = new Transformer(config, weights);
      const streams = runLayers(transformer, transformer.embed(rows));
      const last = tf.gather(tf.reshape(streams, [batch * length, config.dModel]), ends as tf.Tensor1D);
      const read = normalize(transformer.finalNorm, last);
      const direction = (tokens: tf.Tensor) => tf.gather(transformer.unembedding, tokens as tf.Tensor1D);
      return { difference: tf.sum(tf.mul(read, tf.sub(direction(right), direction(wrong))), -1) };
    },
  };
}
