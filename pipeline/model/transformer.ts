import * as tf from '@tensorflow/tfjs-core';
import type { Architecture, QueryKeyValue, Weights } from './architecture.ts';
import type { ModelConfig } from './model.ts';
import { joinHeads } from './ops.ts';

/** What one attention layer computed; shapes as in TERMS.md. */
export interface AttentionState {
  /** A [batch, head, destination, source] */
  readonly pattern: tf.Tensor;
  /** v [batch, head, position, dHead] */
  readonly value: tf.Tensor;
  /** z [batch, position, nHeads·dHead] */
  readonly z: tf.Tensor;
}

/** A transformer bound to weights that live on the current backend. */
export interface Transformer {
  readonly architecture: Architecture;
  readonly config: ModelConfig;
  readonly weights: Weights;
}

/** Replaces z [batch, position, nHeads·dHead] of a layer before W_O sees it. */
export type EditZ = (z: tf.Tensor, layer: number) => tf.Tensor;

/**
 * Causal softmax attention: A = softmax(q·kᵀ + mask), z = A·v.
 * Source: Vaswani et al. 2017, arXiv:1706.03762, equation 1 (the scale is already in q).
 */
export function attend({ query, key, value }: QueryKeyValue): AttentionState {
  const scores = tf.add(tf.matMul(query, key, false, true), causalMask(query.shape[2] ?? 1));
  const pattern = tf.softmax(scores);
  return { pattern, value, z: joinHeads(tf.matMul(pattern, value)) };
}

/** [length, length]: 0 where the source is not after the destination, else −1e9. */
function causalMask(length: number): tf.Tensor {
  const mask = new Float32Array(length * length);
  for (let t = 0; t < length; t++) mask.fill(-1e9, t * length + t + 1, (t + 1) * length);
  return tf.tensor(mask, [length, length], 'float32');
}

/** One layer's attention on a residual stream [batch, position, dModel]. */
export function attention(
  { architecture, config, weights }: Transformer,
  layer: number,
  residual: tf.Tensor,
): AttentionState {
  const normalized = architecture.normalizeForAttention(config, weights, layer, residual);
  return attend(architecture.queryKeyValue(config, weights, layer, normalized));
}

/** The residual stream after a layer, from the one before it and the layer's z. */
export function afterLayer(transformer: Transformer, layer: number, residual: tf.Tensor, z: tf.Tensor): tf.Tensor {
  const { architecture, config, weights } = transformer;
  const middle = tf.add(residual, architecture.attentionOutput(config, weights, layer, z));
  return tf.add(middle, architecture.mlp(config, weights, layer, middle));
}

/** Attention states of layers 0…last, the last layer's W_O and MLP left out: tokens [batch, position]. */
export function attentionStates(transformer: Transformer, tokens: tf.Tensor, last: number): AttentionState[] {
  const { architecture, config, weights } = transformer;
  const states: AttentionState[] = [];
  let residual = architecture.embed(config, weights, tokens);
  for (let layer = 0; layer <= last; layer++) {
    const state = attention(transformer, layer, residual);
    states.push(state);
    if (layer < last) residual = afterLayer(transformer, layer, residual, state.z);
  }
  return states;
}

/** Logits [batch, position, vocabSize] of tokens [batch, position], z edited on the way where `edit` is given. */
export function logits(transformer: Transformer, tokens: tf.Tensor, edit?: EditZ): tf.Tensor {
  const { architecture, config, weights } = transformer;
  return logitsFrom(transformer, 0, architecture.embed(config, weights, tokens), edit);
}

/** Logits from the residual stream that enters a layer. */
export function logitsFrom(transformer: Transformer, first: number, residual: tf.Tensor, edit?: EditZ): tf.Tensor {
  const { architecture, config, weights } = transformer;
  let stream = residual;
  for (let layer = first; layer < config.nLayers; layer++) {
    const { z } = attention(transformer, layer, stream);
    stream = afterLayer(transformer, layer, stream, edit ? edit(z, layer) : z);
  }
  return architecture.unembed(config, weights, stream);
}

/**
 * Mean next-token cross-entropy, in nats, over positions 0…length−2.
 * logits [batch, length, vocabSize], tokens [batch, length].
 */
export function crossEntropy(allLogits: tf.Tensor, tokens: tf.Tensor): tf.Tensor {
  return tf.mean(tokenLosses(allLogits, tokens));
}

/** Cross-entropy in nats of each next token: [batch, length − 1]. */
export function tokenLosses(allLogits: tf.Tensor, tokens: tf.Tensor): tf.Tensor {
  const [batch = 1, length = 1, vocabSize = 1] = allLogits.shape;
  const rows = batch * (length - 1);
  const predicting = tf.reshape(tf.slice(allLogits, [0, 0, 0], [-1, length - 1, -1]), [rows, vocabSize]);
  const next = tf.reshape(tf.slice(tokens, [0, 1], [-1, length - 1]), [rows]);
  const rowStarts = tf.mul(tf.range(0, rows, 1, 'int32'), tf.scalar(vocabSize, 'int32'));
  const target = tf.gather(tf.reshape(predicting, [-1]), tf.add(rowStarts, next) as tf.Tensor1D);
  return tf.reshape(tf.sub(tf.logSumExp(predicting, -1), target), [batch, length - 1]);
}
