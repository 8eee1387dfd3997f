import * as tf from '@tensorflow/tfjs-core';

/** The pattern of a head that attends evenly: A[t, s] = 1/(t + 1) for s ≤ t, as one head: [batch, 1, t, s]. */
export function evenPattern(batch: number, length: number): tf.Tensor {
  const values = Float32Array.from({ length: length * length }, (_, i) => {
    const [t, s] = [Math.floor(i / length), i % length];
    return s <= t ? 1 / (t + 1) : 0;
  });
  return tf.tile(tf.tensor(values, [1, 1, length, length], 'float32'), [batch, 1, 1, 1]);
}
