import * as tf from '@tensorflow/tfjs-core';
import type { Transformer } from '../../../model/transformer.ts';
import { headFactors } from '../../circuits/maths/head-factors.ts';

/** Some features of a lower layer, by their decoder rows, and the layer. */
export interface UpstreamDecoder {
  readonly layer: number;
  /** [feature, dIn] */
  readonly wDec: tf.Tensor;
}

/**
 * What each head of a layer takes into its values of a unit of lower features: wDec[j]·W_O·(γ ⊙ W_V^h, centred), with
 * LayerNorm's scale left out → [head, feature, dHead]. Times wEnc[:, i]^h it is the wiring of i and j.
 */
export function valueWrites(transformer: Transformer, layer: number, upstream: UpstreamDecoder): tf.Tensor {
  const { config } = transformer;
  const { weight } = transformer.layer(upstream.layer).output;
  const written = tf.matMul(upstream.wDec as tf.Tensor2D, weight as tf.Tensor2D);
  const value = tf.reshape(headFactors(transformer, layer).value, [-1, config.dModel]);
  const taken = tf.matMul(written, value as tf.Tensor2D, false, true);
  return tf.transpose(tf.reshape(taken, [-1, config.nHeads, config.dHead]), [1, 0, 2]);
}

/**
 * What a feature could read of a lower layer's, by weights alone: wDec[j]·W_O·(γ ⊙ W_V^h·wEnc[:, i]^h, centred)
 * → [target, head, feature]. Multiplied by f_j/σ_s and A^h[t, s] it is j's contribution in a forward pass.
 * encoderRows [target, nHeads·dHead] are columns of the reading layer's wEnc.
 */
export function featureWiring(
  transformer: Transformer,
  layer: number,
  encoderRows: tf.Tensor,
  upstream: UpstreamDecoder,
): tf.Tensor {
  const { nHeads, dHead } = transformer.config;
  const byHead = tf.transpose(tf.reshape(encoderRows, [-1, nHeads, dHead]), [1, 0, 2]);
  return tf.transpose(tf.matMul(byHead, valueWrites(transformer, layer, upstream), false, true), [1, 0, 2]);
}

/** The k features that a target is wired to most strongly each way, through whichever head: [target, k] each. */
export interface StrongestWiring {
  readonly highest: tf.Tensor;
  readonly highestIds: tf.Tensor;
  readonly lowest: tf.Tensor;
  readonly lowestIds: tf.Tensor;
}

/**
 * Strongest of featureWiring with [target, head, feature] never in memory: heads are taken in turn, and their highest and
 * lowest kept. encoderRows [target, nHeads·dHead]; writes of each head [feature, dHead].
 */
export function strongestWiring(encoderRows: tf.Tensor, writes: readonly tf.Tensor[], k: number): StrongestWiring {
  const [targets = 1, width = 1] = encoderRows.shape;
  const dHead = width / writes.length;
  const byHead = writes.map((written, head) => {
    const rows = tf.slice(encoderRows, [0, head * dHead], [targets, dHead]);
    return tf.matMul(rows as tf.Tensor2D, written as tf.Tensor2D, false, true);
  });
  const top = tf.topk(
    byHead.reduce((a, b) => tf.maximum(a, b)),
    k,
  );
  const bottom = tf.topk(tf.neg(byHead.reduce((a, b) => tf.minimum(a, b))), k);
  return { highest: top.values, highestIds: top.indices, lowest: tf.neg(bottom.values), lowestIds: bottom.indices };
}
