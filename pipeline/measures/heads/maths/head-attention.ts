import * as tf from '@tensorflow/tfjs-core';

/** What of a head's attention is measured on random tokens repeated once, in the order of the rows below. */
export const attentionScores = [
  'induction attention on repeats',
  'previous-token attention on repeats',
  'duplicate-token attention on repeats',
] as const;

/**
 * Mean attention of each head on [BOS, n random tokens, the same n again]: from t in the second half to t − n + 1
 * (induction), from t ≥ 2 to t − 1 (previous token), from t in the second half to t − n (duplicate token).
 * pattern [batch, head, t, s] with t to 2n → [3, head]. Source: Olsson et al. 2022, arXiv:2209.11895 (prefix matching).
 */
export function attentionOnRepeats(pattern: tf.Tensor): tf.Tensor {
  const [batch = 1, , length = 1] = pattern.shape;
  const half = Math.floor((length - 1) / 2);
  const second = (t: number) => t > half && t <= 2 * half;
  const means = [
    edgeMask(length, (t) => (second(t) ? t - half + 1 : undefined)),
    edgeMask(length, (t) => (t >= 2 ? t - 1 : undefined)),
    edgeMask(length, (t) => (second(t) ? t - half : undefined)),
  ].map((mask) => tf.div(tf.sum(tf.mul(pattern, mask), [0, 2, 3]), batch));
  return tf.stack(means);
}

/** [length, length]: an equal share at (t, source of t) for each t that has one, 0 elsewhere. */
function edgeMask(length: number, source: (t: number) => number | undefined): tf.Tensor {
  const mask = new Float32Array(length * length);
  let edges = 0;
  for (let t = 0; t < length; t++) {
    const s = source(t);
    if (s === undefined) continue;
    mask[t * length + s] = 1;
    edges++;
  }
  return tf.tensor(
    mask.map((value) => value / Math.max(1, edges)),
    [length, length],
    'float32',
  );
}
