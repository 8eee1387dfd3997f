import * as tf from '@tensorflow/tfjs-core';
import { normScale } from '../../../model/norm.ts';
import type { EmbeddingKind, Transformer } from '../../../model/transformer.ts';

/**
 * Embeddings as a layer would see them if the residual stream held nothing else: x/σ(x), so that x/σ·factor is what a
 * head of it reads (headFactors hold gain and centring). indices [n] are token ids, or how many positions there are
 * → [n, dModel].
 */
export function embeddingsAlone(
  transformer: Transformer,
  layer: number,
  kind: EmbeddingKind,
  ids: tf.Tensor,
): tf.Tensor {
  const { config, embeddingKinds } = transformer;
  // Tokens stand each in a context of its own, positions in one together.
  const tokens = tf.reshape(ids, kind === 'embedding' ? [-1, 1] : [1, -1]);
  const part = transformer.embeddingParts(tokens)[embeddingKinds.indexOf(kind)];
  if (!part) throw new Error(`${config.modelType} has no ${kind} embedding`);
  const rows = tf.reshape(part, [-1, config.dModel]);
  return tf.div(rows, normScale(transformer.layer(layer).attentionNorm, rows));
}
