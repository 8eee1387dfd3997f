import * as tf from '@tensorflow/tfjs-core';
import { joinHeads } from './ops.ts';

/** One layer's queries, keys and values, each [batch, head, position, dHead]; queries hold the scale of the scores. */
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
 * Causal softmax attention: A = softmax(capped(q·kᵀ) + mask), z = A·v; the mask as contextMask gives it.
 * Source: Vaswani et al. 2017, arXiv:1706.03762, equation 1 (the scale is already in q).
 */
export function attend(
  { query, key, value }: QueryKeyValue,
  { softcap, mask }: { readonly softcap: number | null; readonly mask: tf.Tensor },
): AttentionState {
  const scores = capped(softcap, tf.matMul(query, key, false, true));
  const pattern = tf.softmax(tf.add(scores, mask));
  return { pattern, value, z: joinHeads(tf.matMul(pattern, value)) };
}

/** cap·tanh(x/cap), which is x where there is no cap. Source: Gemma 2, arXiv:2408.00118, section 2. */
export function capped(cap: number | null, x: tf.Tensor): tf.Tensor {
  return cap === null ? x : tf.mul(tf.tanh(tf.div(x, cap)), cap);
}

/** [length, length]: 0 where a destination attends to a source, which is itself or one of the `window − 1` before it, else −1e9. */
export function contextMask(length: number, window: number | null): tf.Tensor {
  const mask = new Float32Array(length * length).fill(-1e9);
  for (let t = 0; t < length; t++) {
    const first = window === null ? 0 : Math.max(0, t - window + 1);
    mask.fill(0, t * length + first, t * length + t + 1);
  }
  return tf.tensor(mask, [length, length], 'float32');
}
