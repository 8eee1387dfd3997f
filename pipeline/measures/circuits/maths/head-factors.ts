import * as tf from '@tensorflow/tfjs-core';
import { requireExplained } from '../../../attribution/require-explained.ts';
import { type LinearMap, weightByHead } from '../../../model/linear-map.ts';
import { throughNorm } from '../../../model/norm.ts';
import type { Transformer } from '../../../model/transformer.ts';

export const factorNames = ['query', 'key', 'value', 'output'] as const;
export type FactorName = (typeof factorNames)[number];

/** Each head's weights as directions of the residual stream, row by row: [head, dHead, dModel] each. */
export type HeadFactors = Readonly<Record<FactorName, tf.Tensor>>;

/**
 * The factors of a layer's circuits: W_QK = queryᵀ·key and W_OV = valueᵀ·output, each [dModel, dModel] for a row vector x
 * as x·W. The normalisation's gain and centring are in what reads (its scale and all biases are left out), 1/√dHead in
 * the query. Source: Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits".
 */
export function headFactors(transformer: Transformer, layer: number): HeadFactors {
  const { config } = transformer;
  requireExplained(config, 'head circuits', ['normalised attention outputs', 'normalised queries and keys']);
  const { maps, attentionNorm: norm, output: written } = transformer.layer(layer);
  const reads = (map: LinearMap) => throughNorm(norm, tf.transpose(weightByHead(map, config.nHeads), [0, 2, 1]));
  const output = tf.reshape(written.weight, [config.nHeads, config.dHead, -1]);
  return { query: reads(maps.query), key: reads(maps.key), value: reads(maps.value), output };
}

/** Inner products of a factor's rows: [head, dHead, dModel] → [head, dHead, dHead]. */
export function gram(factor: tf.Tensor): tf.Tensor {
  return tf.matMul(factor, factor, false, true);
}
