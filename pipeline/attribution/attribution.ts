import * as tf from '@tensorflow/tfjs-core';

/** Direct feature attribution of some features, each at its own position of one context. */
export interface Attribution {
  /** Summed over heads: [example, source]. */
  readonly bySource: tf.Tensor;
  /** Summed over sources: [example, head]. */
  readonly byHead: tf.Tensor;
}

export interface AttributionInputs {
  /** A [head, destination, source] */
  readonly pattern: tf.Tensor;
  /** v [head, source, dHead] */
  readonly value: tf.Tensor;
  /** What each example's feature reads of z: wEnc[:, i] at z, W_O·wEnc[:, i] after it [example, nHeads·dHead] */
  readonly reads: tf.Tensor;
  /** At which position: [example], int32. */
  readonly positions: tf.Tensor;
  /** The SAE's input scale at each position: [example]; 1 where it is left out. */
  readonly inputScale?: tf.Tensor | undefined;
}

/**
 * DFA by head and source: A^h[t, s] · (v^h_s · reads[i]^h), times t's input scale → [head, example, source].
 * Its sum, plus the encoder constant and what b_O adds at a site after W_O, is the pre-activation.
 * Source: Kissane et al. 2024, arXiv:2406.17759, section 3.1.
 */
export function headSourceAttribution(inputs: AttributionInputs): tf.Tensor {
  const { pattern, value, reads, positions, inputScale } = inputs;
  const [heads = 1, , dHead = 1] = value.shape;
  const directions = tf.transpose(tf.reshape(reads, [-1, heads, dHead]), [1, 0, 2]);
  const read = tf.matMul(directions, value, false, true);
  const attention = tf.gather(pattern, positions as tf.Tensor1D, 1);
  const scaled = inputScale ? tf.mul(attention, tf.reshape(inputScale, [1, -1, 1])) : attention;
  return tf.mul(scaled, read);
}

/** DFA summed over heads and over sources. */
export function directFeatureAttribution(inputs: AttributionInputs): Attribution {
  const contributions = headSourceAttribution(inputs);
  return { bySource: tf.sum(contributions, 0), byHead: tf.transpose(tf.sum(contributions, 2)) };
}
