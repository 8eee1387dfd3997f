import * as tf from '@tensorflow/tfjs-core';
import { weightByHead } from '../../model/linear-map.ts';
import { throughNorm } from '../../model/norm.ts';
import type { Transformer } from '../../model/transformer.ts';
import { byHeads, outputBiasRead } from '../../sae/site.ts';
import { attentionFrom, featureReads, type ReadTargets } from './contributions.ts';
import type { FrozenLayer } from './frozen-pass.ts';

/**
 * How some features read their layer, head by head: what x of the residual stream at a source adds to a target's
 * pre-activation is Σ_h weight^h·(x·direction^h), and that is Σ_h weight^h·(headValues(x)^h·read^h).
 */
export interface HeadReading {
  /** What they read of each head's z: [head, target, dHead]. */
  readonly reads: tf.Tensor;
  /** The same of the residual stream, through the head's values: [head, target, dModel]. */
  readonly directions: tf.Tensor;
  /** A^h[t, s]/σ_s, times the SAE's readScale at t where it has one: [head, source, target]. */
  readonly weights: tf.Tensor;
  /** What they read of the value bias: [head, source, target]. */
  readonly bias: tf.Tensor;
  /** What no head wrote of what they read: [target]; 0 at z. */
  readonly outputBias: tf.Tensor;
}

/** How targets read their layer, whose pattern [head, t, s] and scale [source, 1] are frozen. */
export function headReading(
  transformer: Transformer,
  { pattern, scale }: FrozenLayer,
  { layer, site, encoderRows, positions, scaleAt }: ReadTargets,
): HeadReading {
  const own = transformer.layer(layer);
  const { nHeads, dHead } = transformer.config;
  const rows = byHeads(own, site, encoderRows);
  const { directions, bias } = featureReads(transformer, layer, rows);
  const attention = tf.transpose(attentionFrom(pattern, positions, scaleAt), [2, 0, 1]);
  const outputBias = outputBiasRead(own, site, encoderRows);
  return {
    reads: tf.transpose(tf.reshape(rows, [-1, nHeads, dHead]), [1, 0, 2]),
    directions: tf.transpose(directions, [1, 0, 2]),
    weights: tf.div(attention, tf.reshape(scale, [1, -1, 1])),
    bias: tf.mul(attention, tf.expandDims(tf.transpose(bias), 1)),
    outputBias: scaleAt ? tf.mul(outputBias, tf.reshape(scaleAt, [-1])) : outputBias,
  };
}

/** What each head of a layer takes into its values of rows x [row, dModel] of the residual stream, σ aside: [head, row, dHead]. */
export function headValues(transformer: Transformer, layer: number, x: tf.Tensor): tf.Tensor {
  const { nHeads, dHead, dModel } = transformer.config;
  const { maps, attentionNorm } = transformer.layer(layer);
  const byHead = tf.transpose(weightByHead(maps.value, nHeads), [0, 2, 1]);
  const value: tf.Tensor2D = tf.reshape(throughNorm(attentionNorm, byHead), [-1, dModel]);
  const taken = tf.matMul(x as tf.Tensor2D, value, false, true);
  return tf.transpose(tf.reshape(taken, [-1, nHeads, dHead]), [1, 0, 2]);
}
