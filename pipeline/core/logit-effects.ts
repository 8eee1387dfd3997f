import * as tf from '@tensorflow/tfjs-core';
import { standardDeviation } from './ops.ts';
import type { Transformer } from './transformer.ts';

/** The k tokens a feature promotes most and the k it suppresses most: values and ids, each [feature, k]; moments of all. */
export interface LogitEffects {
  readonly highest: tf.Tensor;
  readonly highestIds: tf.Tensor;
  readonly lowest: tf.Tensor;
  readonly lowestIds: tf.Tensor;
  /** Over the vocabulary, each [feature, 1]. */
  readonly mean: tf.Tensor;
  readonly deviation: tf.Tensor;
}

/**
 * Logit effects wDec[i]·W_O·W_U, with no final LayerNorm, and their extremes.
 * decoderRows [feature, nHeads·dHead] of one layer's SAE.
 * Source: Kissane et al. 2024, arXiv:2406.17759, section 3.1.
 */
export function logitEffects(transformer: Transformer, layer: number, decoderRows: tf.Tensor, k: number): LogitEffects {
  const { architecture, config, weights } = transformer;
  const written = tf.matMul(
    decoderRows as tf.Tensor2D,
    architecture.outputWeight(config, weights, layer) as tf.Tensor2D,
  );
  const effects = architecture.toLogits(config, weights, written);
  const top = tf.topk(effects, k);
  const bottom = tf.topk(tf.neg(effects), k);
  return {
    highest: top.values,
    highestIds: top.indices,
    lowest: tf.neg(bottom.values),
    lowestIds: bottom.indices,
    mean: tf.mean(effects, -1, true),
    deviation: standardDeviation(effects, 0),
  };
}
