import * as tf from '@tensorflow/tfjs-core';
import type { ModelConfig } from './model.ts';

/**
 * GELU by its tanh approximation, as GPT-2 has it ("gelu_new"): x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))).
 * Source: Hendrycks, Gimpel 2016, arXiv:1606.08415, section 2.
 */
function geluNew(x: tf.Tensor): tf.Tensor {
  const inner = tf.mul(tf.add(x, tf.mul(tf.mul(tf.square(x), x), 0.044715)), Math.sqrt(2 / Math.PI));
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1));
}

/** GELU by the error function: x/2·(1 + erf(x/√2)). Source: Hendrycks, Gimpel 2016, arXiv:1606.08415, section 2. */
function gelu(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
}

/** x·σ(x). Source: Elfwing et al. 2017, arXiv:1702.03118, section 2. */
function silu(x: tf.Tensor): tf.Tensor {
  return tf.mul(x, tf.sigmoid(x));
}

/** x·softmax(x) over the last axis. Source: Elhage et al. 2022, "Softmax Linear Units". */
function solu(x: tf.Tensor): tf.Tensor {
  return tf.mul(x, tf.softmax(x));
}

/** An MLP's activation, by its name in a config. */
export function activate(activation: ModelConfig['activation'], x: tf.Tensor): tf.Tensor {
  return activations[activation](x);
}

const activations: Record<ModelConfig['activation'], (x: tf.Tensor) => tf.Tensor> = {
  gelu_new: geluNew,
  gelu,
  relu: (x) => tf.relu(x),
  silu,
  solu,
};

/** [batch, position, nHeads·dHead] → [batch, head, position, dHead]. */
export function splitHeads(x: tf.Tensor, nHeads: number): tf.Tensor {
  const [batch = 1, length = 1, width = 1] = x.shape;
  return tf.transpose(tf.reshape(x, [batch, length, nHeads, width / nHeads]), [0, 2, 1, 3]);
}

/** [batch, head, position, dHead] → [batch, position, nHeads·dHead], head-major. */
export function joinHeads(x: tf.Tensor): tf.Tensor {
  const [batch = 1, heads = 1, length = 1, dHead = 1] = x.shape;
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [batch, length, heads * dHead]);
}
