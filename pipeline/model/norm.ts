import * as tf from '@tensorflow/tfjs-core';

/**
 * A normalisation over the last axis with its scale apart: (x − mean(x))/σ(x)·gain + bias, the mean only where it is
 * centred (LayerNorm). With σ frozen it is linear in x.
 */
export interface Norm {
  /** γ [d], or [1] of a norm without gains. */
  readonly gain: tf.Tensor;
  /** β [d], where there is one. */
  readonly bias: tf.Tensor | undefined;
  readonly centred: boolean;
  readonly epsilon: number;
}

/**
 * x [..., d] → [..., d]. LayerNorm divides by √(var + ε), var being the biased variance; RMSNorm by √(mean(x²) + ε).
 * Source: Ba, Kiros, Hinton 2016, arXiv:1607.06450, equation 3; Zhang, Sennrich 2019, arXiv:1910.07467, equation 4.
 */
export function normalize({ gain, bias, centred, epsilon }: Norm, x: tf.Tensor): tf.Tensor {
  const shifted = centred ? tf.sub(x, tf.mean(x, -1, true)) : x;
  const square = tf.mean(tf.square(shifted), -1, true);
  const scaled = tf.mul(tf.div(shifted, tf.sqrt(tf.add(square, epsilon))), gain);
  return bias ? tf.add(scaled, bias) : scaled;
}

/** What normalize divides by: x [..., d] → [..., 1]. */
export function normScale({ centred, epsilon }: Pick<Norm, 'centred' | 'epsilon'>, x: tf.Tensor): tf.Tensor {
  const shifted = centred ? tf.sub(x, tf.mean(x, -1, true)) : x;
  return tf.sqrt(tf.add(tf.mean(tf.square(shifted), -1, true), epsilon));
}

/** Takes directions [..., dModel] behind a norm to directions before it, its scale aside. */
export function throughNorm({ gain, centred }: Norm, directions: tf.Tensor): tf.Tensor {
  const scaled = tf.mul(directions, gain);
  return centred ? tf.sub(scaled, tf.mean(scaled, -1, true)) : scaled;
}

/** Takes what is before a norm, x [..., d], to behind it, its scale and bias aside. */
export function behindNorm({ gain, centred }: Norm, x: tf.Tensor): tf.Tensor {
  return tf.mul(centred ? tf.sub(x, tf.mean(x, -1, true)) : x, gain);
}
