import * as tf from '@tensorflow/tfjs-core';
import type { Layer } from '../model/layer.ts';
import { normScale, throughNorm } from '../model/norm.ts';
import type { Transformer } from '../model/transformer.ts';

/** What reads some logits, or differences of logits, out of a normalised residual stream: x·direction + bias. */
export interface Unembedding {
  /** [batch, dModel] */
  readonly direction: tf.Tensor;
  /** [batch], where the unembedding has a bias. */
  readonly bias: tf.Tensor | undefined;
}

/** A logit, or a difference of logits, as a function of the residual stream: x·direction + bias. */
export interface LogitDirection {
  /** [batch, dModel] */
  readonly direction: tf.Tensor;
  /** [batch] */
  readonly bias: tf.Tensor;
}

/**
 * The final norm, its σ frozen at its value for `residual` [batch, dModel], and an unembedding, as one linear map of the
 * residual stream: any part of the stream then has a direct logit attribution of its own, part·direction. Logits are
 * those before a model's cap.
 * Source: Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits"; Wang et al. 2022, arXiv:2211.00593.
 */
export function logitDirection(
  transformer: Transformer,
  residual: tf.Tensor,
  unembedding: Unembedding,
): LogitDirection {
  const norm = transformer.finalNorm;
  const { direction, bias = tf.zeros([direction.shape[0]]) } = unembedding;
  return {
    direction: tf.div(throughNorm(norm, direction), normScale(norm, residual)),
    bias: norm.bias ? tf.add(bias, tf.sum(tf.mul(direction, norm.bias), -1)) : bias,
  };
}

/** W_U[token] and b_U[token] of tokens [batch]. */
export function tokenUnembedding({ unembedding, unembeddingBias }: Transformer, tokens: tf.Tensor): Unembedding {
  return {
    direction: tf.gather(unembedding, tokens as tf.Tensor1D),
    bias: unembeddingBias && tf.gather(unembeddingBias, tokens as tf.Tensor1D),
  };
}

/** A logit of tokens `a` less that of tokens `b`, [batch] each. */
export function unembeddingDifference(transformer: Transformer, a: tf.Tensor, b: tf.Tensor): Unembedding {
  const [more, less] = [tokenUnembedding(transformer, a), tokenUnembedding(transformer, b)];
  return {
    direction: tf.sub(more.direction, less.direction),
    bias: more.bias && less.bias && tf.sub(more.bias, less.bias),
  };
}

/** The mean logit of a vocabulary: mask [1, vocabSize] is 1 for rows that are tokens and 0 for others. */
export function meanUnembedding({ unembedding, unembeddingBias }: Transformer, mask: tf.Tensor): Unembedding {
  const mean = (rows: tf.Tensor) => tf.div(tf.matMul(mask as tf.Tensor2D, rows as tf.Tensor2D), tf.sum(mask));
  return {
    direction: mean(unembedding),
    bias: unembeddingBias && tf.reshape(mean(tf.reshape(unembeddingBias, [-1, 1])), [1]),
  };
}

/** A logit of tokens [batch] relative to the mean one. */
export function relativeUnembedding(transformer: Transformer, tokens: tf.Tensor, mean: Unembedding): Unembedding {
  const { direction, bias } = tokenUnembedding(transformer, tokens);
  return { direction: tf.sub(direction, mean.direction), bias: bias && mean.bias && tf.sub(bias, mean.bias) };
}

/**
 * A direction [batch, dModel] of the residual stream as what W_O and b_O write meets it: through the norm behind W_O, whose
 * scale is frozen at its value for z [batch, nHeads·dHead].
 */
function beforePostNorm(layer: Layer, z: tf.Tensor, direction: tf.Tensor): tf.Tensor {
  const norm = layer.postAttentionNorm;
  return norm ? tf.div(throughNorm(norm, direction), normScale(norm, layer.write(z))) : direction;
}

/**
 * What reads a layer's z into a direction [batch, dModel] of the residual stream, through W_O and the norm behind it, whose
 * scale is frozen at its value for z [batch, nHeads·dHead]: z^h·reading^h is head h's part → [batch, nHeads·dHead].
 */
export function headReading(layer: Layer, z: tf.Tensor, direction: tf.Tensor): tf.Tensor {
  const read = beforePostNorm(layer, z, direction);
  return tf.matMul(read as tf.Tensor2D, layer.output.weight as tf.Tensor2D, false, true);
}

/** Each head's direct logit attribution: z [batch, nHeads·dHead], direction [batch, dModel] → [batch, head]. */
export function headLogitAttribution(
  transformer: Transformer,
  layer: number,
  z: tf.Tensor,
  direction: tf.Tensor,
): tf.Tensor {
  const { nHeads, dHead } = transformer.config;
  const read = headReading(transformer.layer(layer), z, direction);
  return tf.sum(tf.reshape(tf.mul(z, read), [-1, nHeads, dHead]), -1);
}

/** What no head wrote of the same layer's attention output, b_O and c·W_O of a folded layer: → [batch]. */
export function outputBiasLogitAttribution(layer: Layer, z: tf.Tensor, direction: tf.Tensor): tf.Tensor {
  const { output, foldedBias } = layer;
  const none = tf.zeros([z.shape[0]]);
  const ofOutput = output.bias
    ? tf.add(none, tf.sum(tf.mul(beforePostNorm(layer, z, direction), output.bias), -1))
    : none;
  return foldedBias ? tf.add(ofOutput, tf.sum(tf.mul(headReading(layer, z, direction), foldedBias), -1)) : ofOutput;
}
