import * as tf from '@tensorflow/tfjs-core';

/** Taken off a cosine that does not count, which leaves less than any cosine. */
const noFeature = 3;
/** Two directions of one SAE with a greater cosine are near twins. */
const nearTwinCosine = 0.99;

/** Unit vectors [row, dIn], or zeros, and which feature each is of, as numbers that float32 holds. */
interface Directions {
  readonly rows: tf.Tensor;
  readonly features: tf.Tensor;
}

/**
 * The cosines of rows with other features among the candidates, under −1 where there is none [row, candidate]; of each row the
 * greatest of them [row], and how many candidates of higher number are its near twins: summed over all rows, each pair counts
 * once.
 */
export function nearestCosines(own: Directions, candidates: Directions) {
  const cosines = tf.matMul(own.rows as tf.Tensor2D, candidates.rows as tf.Tensor2D, false, true);
  const [self, other] = [tf.reshape(own.features, [-1, 1]), tf.reshape(candidates.features, [1, -1])];
  const isNear = tf.cast(tf.greater(cosines, nearTwinCosine), 'float32');
  const isHigher = tf.cast(tf.greater(other, self), 'float32');
  const ofOthers = tf.sub(cosines, tf.mul(noFeature, tf.cast(tf.equal(self, other), 'float32')));
  return { ofOthers, nearest: tf.max(ofOthers, 1), twins: tf.sum(tf.mul(isNear, isHigher), 1) };
}

/**
 * The k greatest of cosines [row, candidate] with features that are alive, 1 in alive [candidate] and 0 elsewhere, the greatest
 * first: values under −1 are of none.
 */
export function greatestAlive(cosines: tf.Tensor, alive: tf.Tensor, k: number) {
  const dead = tf.mul(noFeature, tf.sub(1, tf.reshape(alive, [1, -1])));
  const { values, indices } = tf.topk(tf.sub(cosines, dead), k);
  return { values, ids: indices };
}
