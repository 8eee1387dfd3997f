import * as tf from '@tensorflow/tfjs-core';

/** Two directions of one SAE with a greater cosine are near twins. */
const nearTwinCosine = 0.99;

/** Unit vectors [row, dIn], or zeros, and which feature each is of, as numbers that float32 holds. */
interface Directions {
  readonly rows: tf.Tensor;
  readonly features: tf.Tensor;
}

/**
 * Of each row [row] its greatest cosine with another feature among the candidates, −2 where there is none, and how many
 * candidates of higher number are its near twins: summed over all rows, each pair counts once.
 */
export function nearestCosines(own: Directions, candidates: Directions): { nearest: tf.Tensor; twins: tf.Tensor } {
  const cosines = tf.matMul(own.rows as tf.Tensor2D, candidates.rows as tf.Tensor2D, false, true);
  const [self, other] = [tf.reshape(own.features, [-1, 1]), tf.reshape(candidates.features, [1, -1])];
  const isNear = tf.cast(tf.greater(cosines, nearTwinCosine), 'float32');
  const isHigher = tf.cast(tf.greater(other, self), 'float32');
  return {
    nearest: tf.max(tf.sub(cosines, tf.mul(3, tf.cast(tf.equal(self, other), 'float32'))), 1),
    twins: tf.sum(tf.mul(isNear, isHigher), 1),
  };
}
