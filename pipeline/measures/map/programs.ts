import * as tf from '@tensorflow/tfjs-core';
import { floatSpec, program } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { Transformer } from '../../model/transformer.ts';
import { attentionWeights } from '../../model/weights.ts';
import type { Sae } from '../../sae/sae.ts';
import { unitRows, writtenDirections } from '../neighbours/maths/feature-directions.ts';

/**
 * Decoder rows [rows, dIn] → the directions that they write, `write` [rows, dModel]; and writeᵀ·write, [dModel, dModel], by
 * which their principal components are found.
 */
export function writtenProgram(model: Model, sae: Sae, rows: number) {
  const { dModel } = model.config;
  return program({
    name: `written directions of ${sae.id}`,
    inputs: { decoderRows: floatSpec(rows, sae.dIn) },
    outputs: { write: floatSpec(rows, dModel), products: floatSpec(dModel, dModel) },
    weights: attentionWeights(model, [sae.layer]),
    body({ decoderRows }, weights) {
      const write = writtenDirections(new Transformer(model.config, weights), sae, unitRows(decoderRows));
      return { write, products: tf.matMul(write, write, true, false) };
    },
  });
}
