import * as tf from '@tensorflow/tfjs-core';

/** SAELens's names of what is done to each position's input before it is encoded. */
export const inputNormalizations = ['layer_norm', 'constant_norm_rescale'] as const;
export type InputNormalization = (typeof inputNormalizations)[number];

/** Added to the standard deviation on the way in, and not on the way back. Source: SAELens, saes/sae.py. */
const epsilon = 1e-5;

/** How positions are scaled, each [token, 1]. Attributions hold all three at their values in that pass. */
export interface InputScale {
  /** Multiplies x, and so every DFA of the position. */
  readonly into: tf.Tensor;
  /** Multiplies f·wDec + bDec. */
  readonly back: tf.Tensor;
  /** Then added to every element. */
  readonly mean?: tf.Tensor | undefined;
}

/**
 * The scales of x [token, dIn]. `layer_norm`: 1/(std + 1e-5) in, std and the mean back, std with dIn − 1; loading centres
 * wEnc's columns, so that x·wEnc is that of x less its mean. `constant_norm_rescale`: √dIn/‖x‖ in, ‖x‖/√dIn back.
 * Source: https://github.com/decoderesearch/SAELens, saes/sae.py, _setup_activation_normalization.
 */
export function inputScale(normalization: InputNormalization | undefined, x: tf.Tensor): InputScale | undefined {
  const dIn = x.shape.at(-1) ?? 1;
  if (normalization === undefined) return undefined;
  if (normalization === 'constant_norm_rescale') {
    const norm = tf.sqrt(tf.sum(tf.square(x), -1, true));
    return { into: tf.div(tf.sqrt(dIn), norm), back: tf.div(norm, tf.sqrt(dIn)) };
  }
  const mean = tf.mean(x, -1, true);
  const std = tf.sqrt(tf.div(tf.sum(tf.square(tf.sub(x, mean)), -1, true), dIn - 1));
  return { into: tf.div(1, tf.add(std, epsilon)), back: std, mean };
}

/** x [token, dIn] as wEnc reads it. */
export function normalized(normalization: InputNormalization | undefined, x: tf.Tensor): tf.Tensor {
  const scale = inputScale(normalization, x);
  return scale ? tf.mul(x, scale.into) : x;
}

/** The same scales of one x on the host, in float64; 1 and 1 where nothing scales it. */
export function inputScaleOf(
  normalization: InputNormalization | undefined,
  x: Float32Array,
): { readonly into: number; readonly back: number } {
  if (normalization === undefined) return { into: 1, back: 1 };
  const squaresFrom = (centre: number) => x.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  if (normalization === 'constant_norm_rescale') {
    const back = Math.sqrt(squaresFrom(0) / x.length);
    return { into: 1 / back, back };
  }
  const std = Math.sqrt(squaresFrom(x.reduce((sum, value) => sum + value, 0) / x.length) / (x.length - 1));
  return { into: 1 / (std + epsilon), back: std };
}
