import * as tf from '@tensorflow/tfjs-core';
import { normScale, throughNorm } from '../model/norm.ts';
import type { Transformer } from '../model/transformer.ts';
import { requireExplained } from './require-explained.ts';

/** A logit, or a difference of logits, as a function of the residual stream: x·direction + bias. */
export interface LogitDirection {
  /** [batch, dModel] */
  readonly direction: tf.Tensor;
  /** [batch] */
  readonly bias: tf.Tensor;
}

/**
 * The final LayerNorm, its σ frozen at its value for `residual` [batch, dModel], and a direction of W_U, as one linear
 * map: LN(residual)·unembedding = residual·direction + bias, unembedding [batch, dModel]. Any part of the residual
 * stream then has a direct logit attribution of its own: part·direction.
 * Source: Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits"; Wang et al. 2022, arXiv:2211.00593.
 */
export function logitDirection(transformer: Transformer, residual: tf.Tensor, unembedding: tf.Tensor): LogitDirection {
  requireExplained(transformer.config, 'direct logit attribution', ['capped logits', 'an unembedding bias']);
  const norm = transformer.finalNorm;
  return {
    direction: tf.div(throughNorm(norm, unembedding), normScale(norm, residual)),
    bias: norm.bias ? tf.sum(tf.mul(unembedding, norm.bias), -1) : tf.zeros([unembedding.shape[0] ?? 1]),
  };
}

/**
 * W_U[token] − mean of W_U over the vocabulary, tokens [batch] → [batch, dModel]: a logit relative to the mean logit.
 * tokenMask [vocabSize, 1] is 0 for rows that are no tokens.
 */
export function relativeUnembedding({ unembedding }: Transformer, tokens: tf.Tensor, tokenMask?: tf.Tensor): tf.Tensor {
  const mean = tokenMask
    ? tf.div(tf.sum(tf.mul(unembedding, tokenMask), 0, true), tf.sum(tokenMask))
    : tf.mean(unembedding, 0, true);
  return tf.sub(tf.gather(unembedding, tokens as tf.Tensor1D), mean);
}

/** Each head's direct logit attribution z^h·W_O^h·direction: z [batch, nHeads·dHead], direction [batch, dModel] → [batch, head]. */
export function headLogitAttribution(
  transformer: Transformer,
  layer: number,
  z: tf.Tensor,
  direction: tf.Tensor,
): tf.Tensor {
  const { config } = transformer;
  requireExplained(config, 'direct logit attribution', ['normalised attention outputs']);
  const { weight } = transformer.layer(layer).output;
  const read = tf.matMul(direction as tf.Tensor2D, weight as tf.Tensor2D, false, true);
  return tf.sum(tf.reshape(tf.mul(z, read), [-1, config.nHeads, config.dHead]), -1);
}
