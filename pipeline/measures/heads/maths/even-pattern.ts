import * as tf from '@tensorflow/tfjs-core';

/**
 * The pattern of a head that attends evenly to every source it can reach: A[t, s] = 1/min(t + 1, window) for s ≤ t and
 * t − s < window, as one head: [batch, 1, t, s].
 */
export function evenPattern(batch: number, length: number, window: number | null = null): tf.Tensor {
  const reach = window ?? length;
  const values = Float32Array.from({ length: length * length }, (_, i) => {
    const [t, s] = [Math.floor(i / length), i % length];
    return s <= t && t - s < reach ? 1 / Math.min(t + 1, reach) : 0;
  });
  return tf.tile(tf.tensor(values, [1, 1, length, length], 'float32'), [batch, 1, 1, 1]);
}
