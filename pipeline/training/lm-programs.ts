import * as tf from '@tensorflow/tfjs-core';
import { floatSpec, intSpec, program, type TensorSpec } from '../engine/program.ts';
import type { ModelConfig } from '../model/model.ts';
import { normalize } from '../model/norm.ts';
import { tensorShapes } from '../model/tensors.ts';
import { logits, runLayers, Transformer, tokenLosses } from '../model/transformer.ts';

/** The weights as inputs of a program: a trainer's change from run to run. */
function weightSpecs(config: ModelConfig): Record<string, TensorSpec<'float32'>> {
  const shapes = Object.entries(tensorShapes(config));
  return Object.fromEntries(shapes.map(([name, shape]) => [name, { shape, dtype: 'float32' }]));
}

/** Next-token losses of `rows`. */
export function lmLosses(config: ModelConfig, batch: number, length: number) {
  return program({
    name: 'language-model losses',
    inputs: { rows: intSpec(batch, length), weights: weightSpecs(config) },
    outputs: { losses: floatSpec(batch, length - 1) },
    weights: {},
    body: ({ rows, weights }) => ({ losses: tokenLosses(logits(new Transformer(config, weights), rows), rows) }),
  });
}

/** Logit of `right` less that of `wrong` at one position of each of `rows`: `ends` says which, row·length + position. */
export function answerProgram(config: ModelConfig, batch: number, length: number) {
  return program({
    name: 'answers',
    inputs: {
      rows: intSpec(batch, length),
      ends: intSpec(batch),
      right: intSpec(batch),
      wrong: intSpec(batch),
      weights: weightSpecs(config),
    },
    outputs: { difference: floatSpec(batch) },
    weights: {},
    body({ rows, ends, right, wrong, weights }) {
      const transformer = new Transformer(config, weights);
      const streams = runLayers(transformer, transformer.embed(rows));
      const last = tf.gather(tf.reshape(streams, [batch * length, config.dModel]), ends as tf.Tensor1D);
      const read = normalize(transformer.finalNorm, last);
      const direction = (tokens: tf.Tensor) => tf.gather(transformer.unembedding, tokens as tf.Tensor1D);
      return { difference: tf.sum(tf.mul(read, tf.sub(direction(right), direction(wrong))), -1) };
    },
  });
}
