import * as tf from '@tensorflow/tfjs-core';
import type { Layer } from '../model/layer.ts';
import { byHeads, type Site } from './site.ts';

/**
 * ‖wDec[i]^h‖₂ at z, and after W_O ‖W_O^h·wDec[i]‖₂, what head h can write of the direction: [feature, head].
 * decoderRows [feature, dIn].
 */
export function headNorms(layer: Layer, site: Site, decoderRows: tf.Tensor, nHeads: number): tf.Tensor {
  const [features = 1] = decoderRows.shape;
  const slices = tf.reshape(byHeads(layer, site, decoderRows), [features, nHeads, -1]);
  return tf.sqrt(tf.sum(tf.square(slices), -1));
}

/**
 * Head weights of a feature: each head's share of its headNorms. Zero for every head when the row is zero.
 * Source: Kissane et al. 2024, arXiv:2406.17759, section 3.1, for z.
 */
export function headWeights(norms: Float32Array): Float32Array {
  const total = norms.reduce((sum, value) => sum + value, 0);
  return norms.map((value) => (total > 0 ? value / total : 0));
}
