import * as tf from '@tensorflow/tfjs-core';
import { type LinearMap, weightByHead } from '../../model/linear-map.ts';
import { type Norm, throughNorm } from '../../model/norm.ts';
import type { Transformer } from '../../model/transformer.ts';
import type { Place } from '../../sae/sae.ts';
import { byHeads, outputBiasRead, type Site, streamDirectionsAt } from '../../sae/site.ts';
import { hasReadBias } from './components.ts';
import type { FrozenLayer } from './frozen-pass.ts';

/** What some features of one layer read, by head. */
export interface Reads {
  /** Directions in the residual stream: [target, head, dModel]. */
  readonly directions: tf.Tensor;
  /** (β·W_V + b_V)^h·reads[i]^h: [target, head]. */
  readonly bias: tf.Tensor;
}

/**
 * The residual-stream direction that a feature reads through each head: γ ⊙ (W_V^h·reads[i]^h), less its mean where
 * the norm subtracts one, so that LN_frozen(x)·W_V^h·reads[i]^h = x·direction/σ.
 * rows [target, nHeads·dHead] are what features read of z.
 */
export function featureReads(transformer: Transformer, layer: number, rows: tf.Tensor): Reads {
  const { config } = transformer;
  const {
    maps: { value },
    attentionNorm: norm,
  } = transformer.layer(layer);
  const [targets = 1] = rows.shape;
  const byHead = tf.transpose(tf.reshape(rows, [targets, config.nHeads, config.dHead]), [1, 0, 2]);
  const read = tf.matMul(byHead, weightByHead(value, config.nHeads), false, true);
  const constant = tf.reshape(normedBias(norm, value), [config.nHeads, config.dHead, 1]);
  return {
    directions: tf.transpose(throughNorm(norm, read), [1, 0, 2]),
    bias: tf.transpose(tf.reshape(tf.matMul(byHead, constant), [config.nHeads, targets])),
  };
}

/** β·W + b [dOut]: what a map gives of a norm's bias; zero where there is neither. */
export function normedBias(norm: Norm, { weight, bias }: LinearMap): tf.Tensor {
  const [dModel = 1, dOut = 1] = weight.shape;
  const through = norm.bias && tf.reshape(tf.matMul(tf.reshape(norm.bias, [1, dModel]), weight as tf.Tensor2D), [dOut]);
  if (through && bias) return tf.add(through, bias);
  return through ?? bias ?? tf.zeros([dOut]);
}

/**
 * A^h[t, s] at each target's position t, times its SAE's readScale there where it has one: pattern [head, t, s],
 * positions and scaleAt [target] → [source, target, head].
 */
export function attentionFrom(pattern: tf.Tensor, positions: tf.Tensor, scaleAt?: tf.Tensor): tf.Tensor {
  const attention = tf.transpose(tf.gather(pattern, positions as tf.Tensor1D, 1), [2, 1, 0]);
  return scaleAt ? tf.mul(attention, tf.reshape(scaleAt, [1, -1, 1])) : attention;
}

/**
 * Contributions A^h[t, s]/σ_s·(x_s·direction) of components x [component, source, dModel]:
 * [component, source, target, head]. attention [source, target, head], scale [source, 1].
 */
function componentContributions(
  x: tf.Tensor,
  { directions }: Reads,
  attention: tf.Tensor,
  scale: tf.Tensor,
): tf.Tensor {
  const [components = 1, length = 1, dModel = 1] = x.shape;
  const [targets = 1, heads = 1] = directions.shape;
  const read = tf.matMul(tf.reshape(x, [-1, dModel]), tf.reshape(directions, [-1, dModel]), false, true);
  const shaped = tf.reshape(read, [components, length, targets, heads]);
  return tf.mul(shaped, tf.div(attention, tf.reshape(scale, [length, 1, 1])));
}

/** Features of one layer at positions of one context. */
export interface ReadTargets {
  readonly layer: number;
  /** Where their SAE stands. */
  readonly site: Site;
  /** Columns of its wEnc: [target, dIn]. */
  readonly encoderRows: tf.Tensor;
  /** t [target], int32 */
  readonly positions: tf.Tensor;
  /** The SAE's readScale at t, where it has one: [target]. */
  readonly scaleAt?: tf.Tensor | undefined;
}

/** What all but upstream features add to some targets, and what upstream features' part is computed with. */
export interface DenseContributions {
  /** Of the components, and of the value bias as the last where there is one: [component, source, target, head]. */
  readonly contributions: tf.Tensor;
  /** [target, head, dModel] */
  readonly directions: tf.Tensor;
  /** [source, target, head] */
  readonly attention: tf.Tensor;
  /** What no head wrote of what the targets read: [target]; 0 at z. */
  readonly outputBias: tf.Tensor;
}

/**
 * Contributions to some targets of the components x [component, source, dModel] that enter their layer, whose pattern
 * [head, t, s] and scale [source, 1] are frozen.
 */
export function denseContributions(
  transformer: Transformer,
  x: tf.Tensor,
  { pattern, scale }: FrozenLayer,
  { layer, site, encoderRows, positions, scaleAt }: ReadTargets,
): DenseContributions {
  const own = transformer.layer(layer);
  const reads = featureReads(transformer, layer, byHeads(own, site, encoderRows));
  const attention = attentionFrom(pattern, positions, scaleAt);
  const outputBias = outputBiasRead(own, site, encoderRows);
  const written = componentContributions(x, reads, attention, scale);
  const bias = () => tf.expandDims(tf.mul(attention, tf.expandDims(reads.bias, 0)), 0);
  const contributions = hasReadBias(transformer.config) ? tf.concat([written, bias()], 0) : written;
  return {
    contributions,
    directions: reads.directions,
    attention,
    outputBias: scaleAt ? tf.mul(outputBias, tf.reshape(scaleAt, [-1])) : outputBias,
  };
}

/** Active features of one layer, one row for each feature j and source s. */
export interface ActiveRows {
  /** wDec[j] [row, dIn] */
  readonly decoder: tf.Tensor;
  /** s [row] */
  readonly sources: tf.Tensor;
  /** f_j at s [row] */
  readonly activations: tf.Tensor;
}

/**
 * Contributions of active upstream features, x = f_j times what wDec[j] writes: [row, target, head]. `written` are the
 * targets' directions at the features' site; attention [source, target, head] and scale [source, 1] are the reading layer's.
 */
export function featureContributions(
  rows: ActiveRows,
  written: tf.Tensor2D,
  attention: tf.Tensor,
  scale: tf.Tensor,
): tf.Tensor {
  const [, targets = 1, heads = 1] = attention.shape;
  const strengths = tf.matMul(rows.decoder as tf.Tensor2D, written, false, true);
  const weight = tf.gather(tf.div(attention, tf.reshape(scale, [-1, 1, 1])), rows.sources as tf.Tensor1D);
  const given = tf.mul(weight, tf.reshape(rows.activations, [rows.activations.size, 1, 1]));
  return tf.mul(tf.reshape(strengths, [rows.activations.size, targets, heads]), given);
}

/** Directions [target, head, dModel] of the residual stream as a lower layer's site meets them: [target·head, dIn]. */
export function directionsAt(transformer: Transformer, { layer, site }: Place, directions: tf.Tensor): tf.Tensor2D {
  const [, , dModel = 1] = directions.shape;
  const rows = tf.reshape(directions, [-1, dModel]);
  return streamDirectionsAt(transformer.layer(layer), site, rows);
}

/** One context's part of a frozen layer: pattern [head, t, s] and scale [source, 1]. */
export function oneContext({ pattern, scale }: FrozenLayer, context: number): FrozenLayer {
  const [, heads = 1, length = 1] = pattern.shape;
  return {
    pattern: tf.reshape(tf.slice(pattern, [context, 0, 0, 0], [1, -1, -1, -1]), [heads, length, length]),
    scale: tf.reshape(tf.slice(scale, [context, 0, 0], [1, -1, -1]), [length, 1]),
  };
}
