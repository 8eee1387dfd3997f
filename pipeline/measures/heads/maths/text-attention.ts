import * as tf from '@tensorflow/tfjs-core';

/** What of a head's attention is measured on text, in the order of the rows below. */
export const textAttentionScores = [
  'induction attention on text',
  'previous-token attention on text',
  'duplicate-token attention on text',
  'current-token attention on text',
  'BOS attention on text',
  'entropy of attention on text, nats',
  'distance of attention on text, tokens',
] as const;

/** Sums over destinations, and how many they were. */
export interface TextAttention {
  /** [score, head] */
  readonly sums: tf.Tensor;
  /** [score] */
  readonly counts: tf.Tensor;
}

/**
 * Attention of each head on contexts of text, summed over the destinations t ≥ 1 that have such a source: 2 ≤ s < t after
 * a token equal to token t (induction), 1 ≤ s < t equal to it (duplicate), t − 1 ≥ 1 (previous), t (current), 0 (BOS);
 * over all t ≥ 1 the entropy −Σ A·ln A and the mean distance Σ A·(t − s). pattern [batch, head, t, s], tokens
 * [batch, position], BOS first. Source of the kinds: Kissane et al. 2024, arXiv:2406.17759, section 4.1.
 */
export function attentionOnText(pattern: tf.Tensor, tokens: tf.Tensor): TextAttention {
  const [batch = 1, , length = 1] = pattern.shape;
  const same = tf.cast(tf.equal(tf.expandDims(tokens, 2), tf.expandDims(tokens, 1)), 'float32');
  const shifted = tf.concat([tf.zeros([batch, length, 1]), tf.slice(same, [0, 0, 0], [batch, length, length - 1])], 2);
  const edges = [
    tf.mul(
      shifted,
      matrix(length, (t, s) => (s >= 2 && s < t ? 1 : 0)),
    ),
    onEach(batch, length, (t, s) => (s >= 1 && s === t - 1 ? 1 : 0)),
    tf.mul(
      same,
      matrix(length, (t, s) => (s >= 1 && s < t ? 1 : 0)),
    ),
    onEach(batch, length, (t, s) => (t >= 1 && s === t ? 1 : 0)),
    onEach(batch, length, (t, s) => (t >= 1 && s === 0 ? 1 : 0)),
  ];
  const entropy = tf.neg(tf.mul(pattern, tf.log(tf.maximum(pattern, leastAttention))));
  const distance = tf.mul(
    pattern,
    matrix(length, (t, s) => Math.max(0, t - s)),
  );
  const destinations = tf.fill([2], batch * (length - 1));
  return {
    sums: tf.stack([
      ...edges.map((mask) => perHead(tf.mul(pattern, tf.expandDims(mask, 1)))),
      ...[entropy, distance].map(perHead),
    ]),
    counts: tf.concat([tf.stack(edges.map((mask) => tf.sum(tf.max(mask, 2)))), destinations]),
  };
}

/** So that nothing times its logarithm is nothing. */
const leastAttention = 1e-30;

const perHead = (values: tf.Tensor) => tf.sum(values, [0, 2, 3]);

/** [length, length] of a function of destination and source. */
function matrix(length: number, of: (t: number, s: number) => number): tf.Tensor {
  const values = Float32Array.from({ length: length * length }, (_, i) => of(Math.floor(i / length), i % length));
  return tf.tensor(values, [length, length], 'float32');
}

const onEach = (batch: number, length: number, of: (t: number, s: number) => number) =>
  tf.tile(tf.expandDims(matrix(length, of), 0), [batch, 1, 1]);
