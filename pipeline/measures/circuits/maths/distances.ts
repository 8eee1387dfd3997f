import * as tf from '@tensorflow/tfjs-core';
import type { ModelConfig, Rotary } from '../../../model/model.ts';
import { rotate } from '../../../model/rotary.ts';

/** Positions whose preferences are read, the same in a run of any context length. */
export const positionsRead = ({ nContext }: ModelConfig): number => Math.min(128, nContext);

/** How many distances t − s a layer's heads look back over, of the positions read: 0 … this less one. */
export function distancesRead(config: ModelConfig, layer: number): number {
  return Math.min(positionsRead(config), config.windows?.[layer] ?? Number.POSITIVE_INFINITY);
}

/**
 * R(Δ) for distances 0 … count − 1: q·R(Δ)·kᵀ is the score of a query and a key that are Δ apart, both before they are
 * rotated → [distance, dHead, dHead].
 */
function rotations(rotary: Rotary, count: number, dHead: number): tf.Tensor3D {
  const rows = tf.tile(tf.expandDims(tf.eye(dHead), 1), [1, count, 1]);
  return tf.transpose(rotate(rotary, rows, { first: 0, length: count }), [1, 0, 2]) as tf.Tensor3D;
}

/** The mean of R(Δ) over the distances 1 … count − 1 → [dHead, dHead]. */
export function meanRotation(rotary: Rotary, count: number, dHead: number): tf.Tensor2D {
  const all = rotations(rotary, Math.max(2, count), dHead);
  return tf.mean(tf.slice(all, [1, 0, 0], [-1, -1, -1]), 0) as tf.Tensor2D;
}

/**
 * Mean scores by distance of some tokens' queries and keys, [head, token, dHead] each before they are rotated: over all
 * pairs of two tokens, and over pairs of a token with itself → [head, distance] each.
 */
export function scoresByDistance(queries: tf.Tensor, keys: tf.Tensor, rotary: Rotary, count: number) {
  const [heads = 1, tokens = 1, dHead = 1] = queries.shape;
  const turns = tf.reshape(rotations(rotary, count, dHead), [count, -1]);
  const [meanQuery, meanKey] = [tf.mean(queries, 1, true), tf.mean(keys, 1, true)];
  const over = (pairs: tf.Tensor) => tf.matMul(tf.reshape(pairs, [heads, -1]), turns as tf.Tensor2D, false, true);
  return {
    all: over(tf.matMul(meanQuery, meanKey, true, false)),
    same: over(tf.div(tf.matMul(queries, keys, true, false), tokens)),
  };
}
