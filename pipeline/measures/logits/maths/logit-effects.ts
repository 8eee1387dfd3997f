import * as tf from '@tensorflow/tfjs-core';
import type { VocabularySlice } from './vocabulary-slices.ts';

/** The tokens of each slice that a feature promotes most and that it suppresses most: [feature, Σ k]; moments of all. */
export interface SliceEffects {
  readonly highest: tf.Tensor;
  readonly highestIds: tf.Tensor;
  readonly lowest: tf.Tensor;
  readonly lowestIds: tf.Tensor;
  /** Over each slice's tokens, [feature, slice]: the mean, and the sum of squared deviations from it. */
  readonly means: tf.Tensor;
  readonly squares: tf.Tensor;
}

/** Below any effect. */
const far = 1e30;

/**
 * Logit effects of what features write into the residual stream [feature, dModel], with no final norm, bias or cap, and
 * their extremes in each slice of the vocabulary. Each slice has its rows of W_U's transpose [token, dModel]; tokenMask
 * [vocabSize, 1] is 0 for rows that are no tokens.
 * Source: Kissane et al. 2024, arXiv:2406.17759, section 3.1.
 */
export function logitEffects(
  written: tf.Tensor,
  slices: readonly VocabularySlice[],
  unembedding: (slice: number) => tf.Tensor,
  tokenMask?: tf.Tensor,
): SliceEffects {
  const parts = slices.map((slice, i) => {
    const effects = tf.matMul(written as tf.Tensor2D, unembedding(i) as tf.Tensor2D, false, true);
    const mask = tokenMask && tf.reshape(tf.slice(tokenMask, [slice.first, 0], [slice.size, 1]), [1, -1]);
    const { top, bottom } = extremesOf(effects, slice.k, mask);
    return {
      highest: top.values,
      highestIds: tf.add(top.indices, tf.scalar(slice.first, 'int32')),
      lowest: tf.neg(bottom.values),
      lowestIds: tf.add(bottom.indices, tf.scalar(slice.first, 'int32')),
      ...momentsOf(effects, slice.tokens, mask),
    };
  });
  const beside = (name: keyof SliceEffects) =>
    tf.concat(
      parts.map((part) => part[name]),
      1,
    );
  return {
    highest: beside('highest'),
    highestIds: beside('highestIds'),
    lowest: beside('lowest'),
    lowestIds: beside('lowestIds'),
    means: beside('means'),
    squares: beside('squares'),
  };
}

function extremesOf(effects: tf.Tensor, k: number, mask: tf.Tensor | undefined) {
  if (!mask) return { top: tf.topk(effects, k), bottom: tf.topk(tf.neg(effects), k) };
  const past = tf.mul(tf.sub(1, mask), far);
  return { top: tf.topk(tf.sub(effects, past), k), bottom: tf.topk(tf.sub(tf.neg(effects), past), k) };
}

/** Of effects [feature, token], of which `tokens` are not masked: mask [1, token]. */
function momentsOf(
  effects: tf.Tensor,
  tokens: number,
  mask: tf.Tensor | undefined,
): Pick<SliceEffects, 'means' | 'squares'> {
  const counted = (values: tf.Tensor) => (mask ? tf.mul(values, mask) : values);
  const means = tf.div(tf.sum(counted(effects), -1, true), Math.max(1, tokens));
  const deviations = tf.sub(effects, means);
  // A power would be taken on one core.
  return { means, squares: tf.sum(counted(tf.mul(deviations, deviations)), -1, true) };
}
