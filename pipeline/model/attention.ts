import * as tf from '@tensorflow/tfjs-core';
import { joinHeads } from './ops.ts';

/** One layer's queries, keys and values, each [batch, head, position, dHead]; queries are scaled by 1/√dHead. */
export interface QueryKeyValue {
  readonly query: tf.Tensor;
  readonly key: tf.Tensor;
  readonly value: tf.Tensor;
}

/** What one attention layer computed; shapes as in TERMS.md. */
export interface AttentionState {
  /** A [batch, head, destination, source] */
  readonly pattern: tf.Tensor;
  /** v [batch, head, position, dHead] */
  readonly value: tf.Tensor;
  /** z [batch, position, nHeads·dHead] */
  readonly z: tf.Tensor;
}

/**
 * Causal softmax attention: A = softmax(q·kᵀ + mask), z = A·v.
 * Source: Vaswani et al. 2017, arXiv:1706.03762, equation 1 (the scale is already in q).
 */
export function attend({ query, key, value }: QueryKeyValue): AttentionState {
  const scores = tf.add(tf.matMul(query, key, false, true), causalMask(query.shape[2] ?? 1));
  const pattern = tf.softmax(scores);
  return { pattern, value, z: joinHeads(tf.matMul(pattern, value)) };
}

/** [length, length]: 0 where the source is not after the destination, else −1e9. */
function causalMask(length: number): tf.Tensor {
  const mask = new Float32Array(length * length);
  for (let t = 0; t < length; t++) mask.fill(-1e9, t * length + t + 1, (t + 1) * length);
  return tf.tensor(mask, [length, length], 'float32');
}
