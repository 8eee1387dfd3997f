import * as tf from '@tensorflow/tfjs-core';
import { headValues } from '../../../attribution/recursion/head-reading.ts';
import type { Transformer } from '../../../model/transformer.ts';
import type { Place } from '../../../sae/sae.ts';
import { residualWrites } from '../../../sae/site.ts';

/** Some features of a lower layer, by their decoder rows, and where they stand. */
export interface UpstreamDecoder extends Place {
  /** [feature, dIn] */
  readonly wDec: tf.Tensor;
}

/**
 * What each head of a layer takes into its values of a unit of lower features: what wDec[j] writes·(γ ⊙ W_V^h, centred),
 * the scale of the norm before it, and of one behind the lower W_O, left out → [head, feature, dHead]. Times what i
 * reads of that head's z it is the wiring of i and j.
 */
export function valueWrites(transformer: Transformer, layer: number, upstream: UpstreamDecoder): tf.Tensor {
  return headValues(
    transformer,
    layer,
    residualWrites(transformer.layer(upstream.layer), upstream.site, upstream.wDec),
  );
}

/**
 * What a feature could read of a lower layer's, by weights alone: what wDec[j] writes·(γ ⊙ W_V^h·reads[i]^h,
 * centred) → [target, head, feature]. Multiplied by f_j/σ_s and A^h[t, s] it is j's contribution in a forward pass.
 * reads [target, nHeads·dHead] are what features of the reading layer read of z.
 */
export function featureWiring(
  transformer: Transformer,
  layer: number,
  reads: tf.Tensor,
  upstream: UpstreamDecoder,
): tf.Tensor {
  const { nHeads, dHead } = transformer.config;
  const byHead = tf.transpose(tf.reshape(reads, [-1, nHeads, dHead]), [1, 0, 2]);
  return tf.transpose(tf.matMul(byHead, valueWrites(transformer, layer, upstream), false, true), [1, 0, 2]);
}

/** The k features that a target is wired to most strongly, through whichever head: [target, k] each. */
export interface StrongestWiring {
  /** The greatest |wiring| of a head. */
  readonly magnitudes: tf.Tensor;
  readonly ids: tf.Tensor;
}

/**
 * Strongest of featureWiring with [target, head, feature] never in memory: heads are taken in turn, and their largest
 * magnitudes kept. reads [target, nHeads·dHead]; writes of each head [feature, dHead].
 */
export function strongestWiring(reads: tf.Tensor, writes: readonly tf.Tensor[], k: number): StrongestWiring {
  const [targets = 1, width = 1] = reads.shape;
  const dHead = width / writes.length;
  const byHead = writes.map((written, head) => {
    const rows = tf.slice(reads, [0, head * dHead], [targets, dHead]);
    return tf.abs(tf.matMul(rows as tf.Tensor2D, written as tf.Tensor2D, false, true));
  });
  // One maximum: ONNX Runtime's minimum takes five times as long.
  const { values, indices } = tf.topk(
    byHead.reduce((a, b) => tf.maximum(a, b)),
    k,
  );
  return { magnitudes: values, ids: indices };
}
