import * as tf from '@tensorflow/tfjs-core';
import type { Transformer } from '../transformer.ts';
import { featureReads, throughOutput } from './contributions.ts';

/** A lower layer's decoder and the layer it belongs to. */
export interface UpstreamDecoder {
  readonly layer: number;
  /** [dSae, dIn] */
  readonly wDec: tf.Tensor;
}

/**
 * What a feature could read of a lower layer's, by weights alone: wDec[j]·W_O·(γ ⊙ W_V^h·wEnc[:, i]^h, centred)
 * → [target, head, dSae]. Multiplied by f_j/σ_s and A^h[t, s] it is j's contribution in a forward pass.
 * encoderRows [target, nHeads·dHead] are columns of the reading layer's wEnc.
 */
export function featureWiring(
  transformer: Transformer,
  layer: number,
  encoderRows: tf.Tensor,
  upstream: UpstreamDecoder,
): tf.Tensor {
  const { architecture, config, weights } = transformer;
  const { directions } = featureReads(transformer, layer, encoderRows);
  const read = throughOutput(directions, architecture.outputWeight(config, weights, upstream.layer));
  const strengths = tf.matMul(read, upstream.wDec as tf.Tensor2D, false, true);
  return tf.reshape(strengths, [encoderRows.shape[0] ?? 1, config.nHeads, -1]);
}

/** The k strongest connections of each target each way; ids are head · dSae + feature. Each [target, k]. */
export interface StrongestWiring {
  readonly highest: tf.Tensor;
  readonly highestIds: tf.Tensor;
  readonly lowest: tf.Tensor;
  readonly lowestIds: tf.Tensor;
}

export function strongestWiring(wiring: tf.Tensor, k: number): StrongestWiring {
  const [targets = 1] = wiring.shape;
  const flat = tf.reshape(wiring, [targets, -1]);
  const top = tf.topk(flat, k);
  const bottom = tf.topk(tf.neg(flat), k);
  return { highest: top.values, highestIds: top.indices, lowest: tf.neg(bottom.values), lowestIds: bottom.indices };
}
