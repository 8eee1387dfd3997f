import * as tf from '@tensorflow/tfjs-core';

/** Taken off a cosine that does not count, which leaves less than any cosine. */
const noFeature = 3;
/** Two directions of one SAE with a greater cosine are near twins. */
export const nearTwinCosine = 0.99;

/** Of each row the k greatest of its cosines with candidates, the greatest first: [row, k] each. */
interface Greatest {
  readonly values: tf.Tensor;
  readonly ids: tf.Tensor;
}

/** Cosines of rows with candidates, unit vectors [row, dIn], or zeros, each: [row, candidate]. */
export const cosinesOf = (rows: tf.Tensor, candidates: tf.Tensor): tf.Tensor2D =>
  tf.matMul(rows as tf.Tensor2D, candidates as tf.Tensor2D, false, true);

/**
 * The k greatest of cosines [row, candidate]; where `alive` [candidate] is given, 1 or 0, of those that are: values under −1
 * are of none.
 */
export function greatestCosines(cosines: tf.Tensor2D, k: number, alive?: tf.Tensor): Greatest {
  const counted = alive ? tf.sub(cosines, tf.mul(noFeature, tf.sub(1, tf.reshape(alive, [1, -1])))) : cosines;
  const { values, indices } = tf.topk(counted, k);
  return { values, ids: indices };
}

/**
 * How many candidates of higher number are near twins of each row: summed over all rows, each pair counts once. `self` [row] and
 * `others` [candidate] are the numbers.
 */
export function higherTwins(cosines: tf.Tensor2D, self: tf.Tensor, others: tf.Tensor): tf.Tensor {
  const isNear = tf.cast(tf.greater(cosines, nearTwinCosine), 'float32');
  const isHigher = tf.cast(tf.greater(tf.reshape(others, [1, -1]), tf.reshape(self, [-1, 1])), 'float32');
  return tf.sum(tf.mul(isNear, isHigher), 1);
}
