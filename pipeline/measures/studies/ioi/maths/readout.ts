import * as tf from '@tensorflow/tfjs-core';
import { logitDirection } from '../../../../attribution/direct-logit-attribution.ts';
import { requireExplained } from '../../../../attribution/require-explained.ts';
import type { Transformer } from '../../../../model/transformer.ts';

/** W_U[:, io] − W_U[:, s] of each row: io, s [row] → [row, dModel]. */
export function differenceOfTokens({ unembedding }: Transformer, io: tf.Tensor, s: tf.Tensor) {
  return tf.sub(tf.gather(unembedding, io as tf.Tensor1D), tf.gather(unembedding, s as tf.Tensor1D));
}

/** Logit of io less that of s, for streams x [row, dModel] after the last layer; tokens as differenceOfTokens gives them. */
export function logitDifference(transformer: Transformer, x: tf.Tensor, tokens: tf.Tensor): tf.Tensor {
  const { direction, bias } = logitDirection(transformer, x, tokens);
  return tf.add(tf.sum(tf.mul(x, direction), -1), bias);
}

/**
 * What reads a layer's z into the logit difference directly, the final scale frozen at that of streams x [row, dModel]:
 * z^h·reading^h is head h's direct logit attribution. → [row, dIn].
 */
export function directReading(transformer: Transformer, layer: number, x: tf.Tensor, tokens: tf.Tensor): tf.Tensor {
  requireExplained(transformer.config, 'direct logit attribution', ['normalised attention outputs']);
  const { direction } = logitDirection(transformer, x, tokens);
  return tf.matMul(direction as tf.Tensor2D, transformer.layer(layer).output.weight as tf.Tensor2D, false, true);
}
