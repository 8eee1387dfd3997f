import * as tf from '@tensorflow/tfjs-core';
import type { Layer } from './layer.ts';
import { behindNorm, normScale } from './norm.ts';

/**
 * ‖o^h_t‖₂, o^h_t = (z^h_t + c^h)·W_O^h being what head h adds to the residual stream at t, b_O left out: a norm behind
 * W_O multiplies it by its gain over σ_t, frozen at its value there. Computed as √(y·M^h·yᵀ) with M^h = W_O^h·W_O^hᵀ, which
 * costs dHead/dModel of the product itself. z [batch, position, nHeads·dHead] → [head, batch, position].
 */
export function headWriteNorms(layer: Layer, z: tf.Tensor, nHeads: number): tf.Tensor3D {
  const [batch = 1, length = 1, width = 1] = z.shape;
  const dHead = width / nHeads;
  const { postAttentionNorm: norm, foldedBias } = layer;
  const { weight } = layer.output;
  const written = tf.reshape(norm ? behindNorm(norm, weight) : weight, [nHeads, dHead, -1]) as tf.Tensor3D;
  const gram = tf.matMul(written, written, false, true);
  const rows = tf.reshape(foldedBias ? tf.add(z, foldedBias) : z, [batch * length, nHeads, dHead]);
  const byHead = tf.transpose(rows, [1, 0, 2]) as tf.Tensor3D;
  const squares = tf.sum(tf.mul(tf.matMul(byHead, gram), byHead), 2);
  const norms: tf.Tensor3D = tf.reshape(tf.sqrt(tf.relu(squares)), [nHeads, batch, length]);
  return norm ? tf.div(norms, tf.reshape(normScale(norm, layer.write(z)), [1, batch, length])) : norms;
}
