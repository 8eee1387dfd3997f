import * as tf from '@tensorflow/tfjs-core';

export interface AdamOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

export interface AdamState {
  readonly value: tf.Tensor;
  /** Running mean of the gradient. */
  readonly m: tf.Tensor;
  /** Running mean of the squared gradient. */
  readonly v: tf.Tensor;
}

/**
 * Adam with decoupled weight decay: value ← value − rate·m/(√v + ε) − shrink·value, any one shape.
 * `rate` is the learning rate times `biasCorrection` of the step; `shrink` is the learning rate times the decay.
 * Source: Kingma, Ba 2015, arXiv:1412.6980, section 2; Loshchilov, Hutter 2019, arXiv:1711.05101.
 */
export function adamUpdate(
  state: AdamState,
  gradient: tf.Tensor,
  step: { rate: tf.Tensor; shrink?: tf.Tensor },
  { beta1, beta2, epsilon }: AdamOptions,
): AdamState {
  const m = tf.add(tf.mul(state.m, beta1), tf.mul(gradient, 1 - beta1));
  const v = tf.add(tf.mul(state.v, beta2), tf.mul(tf.square(gradient), 1 - beta2));
  const moved = tf.sub(state.value, tf.mul(tf.div(m, tf.add(tf.sqrt(v), epsilon)), step.rate));
  return { value: step.shrink ? tf.sub(moved, tf.mul(state.value, step.shrink)) : moved, m, v };
}

/** √(1 − β2ⁿ)/(1 − β1ⁿ) for the n-th step, n from 1. Source: arXiv:1412.6980, end of section 2. */
export function biasCorrection(n: number, { beta1, beta2 }: AdamOptions): number {
  return Math.sqrt(1 - beta2 ** n) / (1 - beta1 ** n);
}

/**
 * Scales gradients so that their joint Euclidean norm is at most `limit`; returns the norm before scaling.
 * Source: Pascanu et al. 2013, arXiv:1211.5063, algorithm 1.
 */
export function clipByGlobalNorm(
  gradients: readonly tf.Tensor[],
  limit: number,
): { norm: tf.Tensor; clipped: tf.Tensor[] } {
  const squares = gradients.map((gradient) => tf.sum(tf.square(gradient)));
  const norm = tf.sqrt(squares.reduce((sum, square) => tf.add(sum, square), tf.scalar(0)));
  const scale = tf.div(limit, tf.maximum(norm, limit));
  return { norm, clipped: gradients.map((gradient) => tf.mul(gradient, scale)) };
}
