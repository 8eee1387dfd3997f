import * as tf from '@tensorflow/tfjs-core';
import { floatSpec, intSpec, program } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { Transformer } from '../../model/transformer.ts';
import { tokenMask } from '../../model/vocabulary.ts';
import { attentionWeights, logitWeights } from '../../model/weights.ts';
import type { FloatTensor } from '../../numbers/tensor.ts';
import type { Sae } from '../../sae/sae.ts';
import { featureDirections, logitGram } from './maths/feature-directions.ts';

/** Rows [rows, dModel] → logitGram of them. */
export function gramProgram(model: Model, layer: number, rows: number) {
  return program({
    name: 'products of logit effects',
    inputs: { rows: floatSpec(rows, model.config.dModel) },
    outputs: { gram: floatSpec(rows, model.config.dModel) },
    weights: { ...logitWeights(model, layer), ...tokenMask(model) },
    body: ({ rows: unit }, weights) => ({
      gram: logitGram(new Transformer(model.config, weights), unit, weights.tokenMask),
    }),
  });
}

/** Decoder rows → featureDirections. */
export function directionsProgram(model: Model, sae: Sae, gram: FloatTensor, rows: number) {
  const { dModel } = model.config;
  return program({
    name: `directions of ${sae.id}`,
    inputs: { decoderRows: floatSpec(rows, sae.dIn) },
    outputs: {
      write: floatSpec(rows, dModel),
      logits: floatSpec(rows, dModel),
      logitsGram: floatSpec(rows, dModel),
    },
    weights: { ...attentionWeights(model, [sae.layer]), gram },
    body({ decoderRows }, weights) {
      const transformer = new Transformer(model.config, weights);
      const { write, logits, logitsGram } = featureDirections(transformer, sae, decoderRows, weights.gram);
      return { write, logits, logitsGram };
    },
  });
}

/** rows [targets, width] → the k of candidates [count, width] with which their products are greatest. */
export function nearestProgram(candidates: FloatTensor, targets: number, k: number) {
  const [count, width] = candidates.shape;
  return program({
    name: `nearest of ${count} directions`,
    inputs: { rows: floatSpec(targets, width) },
    outputs: { values: floatSpec(targets, k), ids: intSpec(targets, k) },
    weights: { candidates },
    body({ rows }, weights) {
      const { values, indices } = tf.topk(
        tf.matMul(rows as tf.Tensor2D, weights.candidates as tf.Tensor2D, false, true),
        k,
      );
      return { values, ids: indices };
    },
  });
}
