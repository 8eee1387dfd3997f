import * as tf from '@tensorflow/tfjs-core';
import type { Transformer } from '../../../model/transformer.ts';
import type { Place } from '../../../sae/sae.ts';
import { residualWrites } from '../../../sae/site.ts';

/** Directions of some features of one SAE: products of rows of two are cosines. */
export interface FeatureDirections {
  /** wDec[i]/‖wDec[i]‖ → [feature, dIn]. */
  readonly decoder: tf.Tensor;
  /** What wDec[i] writes to the residual stream, as a unit vector d → [feature, dModel]. */
  readonly write: tf.Tensor;
  /** d/n and d·G/n with n² = d·G·dᵀ, so that a row of one times a row of the other is the cosine of logit effects. */
  readonly logits: tf.Tensor;
  readonly logitsGram: tf.Tensor;
}

/** Directions of decoder rows [feature, dIn]; gram is logitGram of the unit vectors, [dModel, dModel]. */
export function featureDirections(
  transformer: Transformer,
  place: Place,
  decoderRows: tf.Tensor,
  gram: tf.Tensor,
): FeatureDirections {
  const decoder = unitRows(decoderRows);
  const write = writtenDirections(transformer, place, decoder);
  const through: tf.Tensor2D = tf.matMul(write, gram as tf.Tensor2D);
  const norm = tf.sqrt(tf.relu(tf.sum(tf.mul(write, through), -1, true)));
  return { decoder, write, logits: over(write, norm), logitsGram: over(through, norm) };
}

/** What decoder rows [feature, dIn] of norm 1 write to the residual stream, as unit vectors [feature, dModel]; 0 where nothing. */
export function writtenDirections(transformer: Transformer, { layer, site }: Place, unit: tf.Tensor): tf.Tensor2D {
  return unitRows(residualWrites(transformer.layer(layer), site, unit));
}

/**
 * rows·G [row, dModel], G = Σ_v (u_v − ū)(u_v − ū)ᵀ over the tokens v, u_v being their rows of the unembedding and ū the
 * mean of these: d_i·G·d_jᵀ is the product of two logit effects, each less its mean over the tokens, which softmax ignores.
 * tokenMask [vocabSize, 1] is 0 for rows that are no tokens.
 */
export function logitGram(transformer: Transformer, rows: tf.Tensor, tokenMask?: tf.Tensor): tf.Tensor {
  const effects = transformer.toLogits(rows);
  const mask = tokenMask && tf.reshape(tokenMask, [1, -1]);
  const mean = mask ? tf.div(tf.sum(tf.mul(effects, mask), -1, true), tf.sum(mask)) : tf.mean(effects, -1, true);
  const centred = tf.sub(effects, mean);
  return tf.matMul((mask ? tf.mul(centred, mask) : centred) as tf.Tensor2D, transformer.unembedding as tf.Tensor2D);
}

/** Each row over its norm, by its largest element first, so that no square underflows; zeros stay. */
export function unitRows(rows: tf.Tensor): tf.Tensor2D {
  const scaled = over(rows, tf.max(tf.abs(rows), -1, true));
  return over(scaled, tf.sqrt(tf.sum(tf.square(scaled), -1, true))) as tf.Tensor2D;
}

/** rows / norm [row, 1], and 0 where the norm is. */
function over(rows: tf.Tensor, norm: tf.Tensor): tf.Tensor {
  const none = tf.equal(norm, 0);
  return tf.div(tf.where(none, tf.zerosLike(rows), rows), tf.where(none, tf.onesLike(norm), norm));
}
