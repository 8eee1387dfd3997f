import * as tf from '@tensorflow/tfjs-core';
import { type LinearMap, weightByHead } from '../../../model/linear-map.ts';
import { behindNorm, type Norm, throughNorm } from '../../../model/norm.ts';
import type { Transformer } from '../../../model/transformer.ts';
import { distancesRead, meanRotation } from './distances.ts';

const factorNames = ['query', 'key', 'value', 'output'] as const;
export type FactorName = (typeof factorNames)[number];

/** Each head's weights as directions of the residual stream, row by row: [head, dHead, dModel] each. */
export type HeadFactors = Readonly<Record<FactorName, tf.Tensor>>;

/**
 * The factors of a layer's circuits: W_QK = queryᵀ·key and W_OV = valueᵀ·output, each [dModel, dModel] for a row vector x
 * as x·W. The gain and centring of the normalisation before attention are in what reads, those of norms of queries, keys
 * and outputs in theirs (scales and all biases are left out), the scale of the scores in the query. Under rotary positions
 * W_QK differs with the distance t − s: it is the mean over the distances read.
 * Source: Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits".
 */
export function headFactors(transformer: Transformer, layer: number): HeadFactors {
  const { config } = transformer;
  const { rotary, postAttentionNorm, output } = transformer.layer(layer);
  const { query, ...others } = readFactors(transformer, layer);
  const turned = rotary && meanRotation(rotary, distancesRead(config, layer), config.dHead);
  const written = postAttentionNorm ? behindNorm(postAttentionNorm, output.weight) : output.weight;
  return {
    ...others,
    query: turned ? turn(query, turned) : query,
    output: tf.reshape(written, [config.nHeads, config.dHead, -1]),
  };
}

/** What reads the residual stream of headFactors, queries and keys before they are rotated. */
export function readFactors(transformer: Transformer, layer: number): Omit<HeadFactors, 'output'> {
  const { config } = transformer;
  const { maps, attentionNorm, queryNorm, keyNorm } = transformer.layer(layer);
  const reads = (map: LinearMap, own?: Norm) => {
    const read = throughNorm(attentionNorm, tf.transpose(weightByHead(map, config.nHeads), [0, 2, 1]));
    return own ? tf.transpose(behindNorm(own, tf.transpose(read, [0, 2, 1])), [0, 2, 1]) : read;
  };
  return { query: reads(maps.query, queryNorm), key: reads(maps.key, keyNorm), value: reads(maps.value) };
}

/** A factor [head, dHead, dModel] whose reads [dHead], row vectors, are turned by rotation [dHead, dHead]. */
function turn(factor: tf.Tensor, rotation: tf.Tensor2D): tf.Tensor {
  const [heads = 1] = factor.shape;
  return tf.matMul(tf.tile(tf.expandDims(rotation, 0), [heads, 1, 1]), factor, true, false);
}

/** Inner products of a factor's rows: [head, dHead, dModel] → [head, dHead, dHead]. */
export function gram(factor: tf.Tensor): tf.Tensor {
  return tf.matMul(factor, factor, false, true);
}
