import * as tf from '@tensorflow/tfjs-core';
import { standardDeviation } from '../../../model/ops.ts';
import type { Transformer } from '../../../model/transformer.ts';
import type { Place } from '../../../sae/sae.ts';
import { residualWrites } from '../../../sae/site.ts';

/** The k tokens a feature promotes most and the k it suppresses most: values and ids, each [feature, k]; moments of all. */
export interface LogitEffects {
  readonly highest: tf.Tensor;
  readonly highestIds: tf.Tensor;
  readonly lowest: tf.Tensor;
  readonly lowestIds: tf.Tensor;
  /** Over the tokens, each [feature, 1]. */
  readonly mean: tf.Tensor;
  readonly deviation: tf.Tensor;
}

/** Below any effect. */
const far = 1e30;

/**
 * Logit effects of what a feature writes, wDec[i]·W_O·W_U of one of z and wDec[i]·W_U of one after W_O, with no final
 * norm, bias or cap, and their extremes. A norm behind W_O multiplies by its gain; its scale is left out. decoderRows [feature, dIn] of one SAE; tokenMask [vocabSize, 1] is 0 for rows that are no tokens.
 * Source: Kissane et al. 2024, arXiv:2406.17759, section 3.1.
 */
export function logitEffects(
  transformer: Transformer,
  { layer, site }: Place,
  decoderRows: tf.Tensor,
  k: number,
  tokenMask?: tf.Tensor,
): LogitEffects {
  const effects = transformer.toLogits(residualWrites(transformer.layer(layer), site, decoderRows));
  const mask = tokenMask && tf.reshape(tokenMask, [1, -1]);
  const past = mask && tf.mul(tf.sub(1, mask), far);
  const top = tf.topk(past ? tf.sub(effects, past) : effects, k);
  const bottom = tf.topk(past ? tf.sub(tf.neg(effects), past) : tf.neg(effects), k);
  return {
    highest: top.values,
    highestIds: top.indices,
    lowest: tf.neg(bottom.values),
    lowestIds: bottom.indices,
    ...(mask
      ? momentsOf(effects, mask)
      : { mean: tf.mean(effects, -1, true), deviation: standardDeviation(effects, 0) }),
  };
}

/** Mean and standard deviation over the tokens: effects [feature, vocabSize], mask [1, vocabSize]. */
function momentsOf(effects: tf.Tensor, mask: tf.Tensor): Pick<LogitEffects, 'mean' | 'deviation'> {
  const count = tf.sum(mask);
  const mean = tf.div(tf.sum(tf.mul(effects, mask), -1, true), count);
  const squares = tf.mul(tf.square(tf.sub(effects, mean)), mask);
  return { mean, deviation: tf.sqrt(tf.div(tf.sum(squares, -1, true), count)) };
}
