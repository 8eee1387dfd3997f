import * as tf from '@tensorflow/tfjs-core';

/** x·weight + bias: weight [dIn, dOut]; bias [dOut], where there is one. */
export interface LinearMap {
  readonly weight: tf.Tensor;
  readonly bias: tf.Tensor | undefined;
}

/** x [..., dIn] → [..., dOut]. */
export function applyMap({ weight, bias }: LinearMap, x: tf.Tensor): tf.Tensor {
  const [dIn = 1, dOut = 1] = weight.shape;
  const product = tf.matMul(tf.reshape(x, [-1, dIn]) as tf.Tensor2D, weight as tf.Tensor2D);
  return tf.reshape(bias ? tf.add(product, bias) : product, [...x.shape.slice(0, -1), dOut]);
}

/** A map's weight [dModel, nHeads·dHead] → [head, dModel, dHead]. */
export function weightByHead({ weight }: LinearMap, nHeads: number): tf.Tensor {
  const [dModel = 1, width = 1] = weight.shape;
  return tf.transpose(tf.reshape(weight, [dModel, nHeads, width / nHeads]), [1, 0, 2]);
}

/** A map [dModel, nKvHeads·dHead] with each group's columns repeated for every head that reads them: [dModel, nHeads·dHead]. */
export function repeatHeads({ weight, bias }: LinearMap, nKvHeads: number, nHeads: number): LinearMap {
  if (nKvHeads === nHeads) return { weight, bias };
  const dHead = (weight.shape[1] ?? 1) / nKvHeads;
  const repeat = (x: tf.Tensor) => {
    const rows = x.size / (nKvHeads * dHead);
    const grouped = tf.reshape(x, [rows, nKvHeads, 1, dHead]);
    return tf.reshape(tf.tile(grouped, [1, 1, nHeads / nKvHeads, 1]), [rows, nHeads * dHead]);
  };
  return { weight: repeat(weight), bias: bias && tf.reshape(repeat(bias), [nHeads * dHead]) };
}
