import * as tf from '@tensorflow/tfjs-core';
import { logitDirection, type Unembedding } from '../../../../attribution/direct-logit-attribution.ts';
import type { Transformer } from '../../../../model/transformer.ts';

/** What an unembedding reads of streams x [row, dModel] after the last layer, before a model's cap: [row]. */
export function logitOf(transformer: Transformer, x: tf.Tensor, unembedding: Unembedding): tf.Tensor {
  const { direction, bias } = logitDirection(transformer, x, unembedding);
  return tf.add(tf.sum(tf.mul(x, direction), -1), bias);
}
