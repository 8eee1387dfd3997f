import * as tf from '@tensorflow/tfjs-core';
import { floatSpec, intSpec, type Program, type Tensors } from '../../engine/program.ts';
import type { Model, ModelConfig } from '../../model/model.ts';
import { Transformer } from '../../model/transformer.ts';
import { circuitWeights } from '../../model/weights.ts';
import { compositionNorms } from './maths/composition.ts';
import { embeddingsAlone } from './maths/embeddings-alone.ts';
import { type FactorName, factorNames, gram, headFactors } from './maths/head-factors.ts';
import { strongestTokens } from './maths/token-pairs.ts';

/** → query, key, value, output [head, dHead, dModel] and gram.NAME [head, dHead, dHead] of each. */
export function factorsProgram(model: Model, layer: number): Program {
  return {
    name: `factors of layer ${layer}'s heads`,
    inputs: {},
    weights: circuitWeights(model, layer),
    body(_inputs, weights) {
      const factors = headFactors(new Transformer(model.config, weights), layer);
      const grams = factorNames.map((name): [string, tf.Tensor] => [`gram.${name}`, gram(factors[name])]);
      return { ...factors, ...Object.fromEntries(grams) };
    },
  };
}

/** ids [rows] → reads [head, rows, dHead]: what a factor of each head makes of those tokens' embeddings alone. */
export function tokenReadsProgram(model: Model, layer: number, factor: FactorName, rows: number): Program {
  return {
    name: `${factor} of tokens in layer ${layer}`,
    inputs: { ids: intSpec(rows) },
    weights: circuitWeights(model, layer),
    body({ ids }, weights) {
      if (!ids) throw new Error('token reads need ids');
      const transformer = new Transformer(model.config, weights);
      const alone = embeddingsAlone(transformer, layer, 'embedding', ids);
      return { reads: byHead(alone, headFactors(transformer, layer)[factor]) };
    },
  };
}

/** → scores [head, length, length] of position embeddings alone, destination by source. */
export function positionsProgram(model: Model, layer: number, length: number): Program {
  return {
    name: `positions in layer ${layer}`,
    inputs: {},
    weights: circuitWeights(model, layer),
    body(_inputs, weights) {
      const transformer = new Transformer(model.config, weights);
      const alone = embeddingsAlone(transformer, layer, 'position', tf.zeros([length], 'int32'));
      const { query, key } = headFactors(transformer, layer);
      return { scores: tf.matMul(byHead(alone, query), byHead(alone, key), false, true) };
    },
  };
}

/** → logits [head, vocabSize, dHead]: W_O·W_U of each head, a token's logit by dimension of z. */
export function headLogitsProgram(model: Model, layer: number): Program {
  return {
    name: `logits of layer ${layer}'s heads`,
    inputs: {},
    weights: circuitWeights(model, layer),
    body(_inputs, weights) {
      const transformer = new Transformer(model.config, weights);
      const { config } = transformer;
      const logits = transformer.toLogits(transformer.layer(layer).output.weight);
      return { logits: tf.transpose(tf.reshape(logits, [config.nHeads, config.dHead, -1]), [0, 2, 1]) };
    },
  };
}

/** The number of tokens, and the size of a head. */
type TokenSizes = Pick<ModelConfig, 'vocabSize' | 'dHead'>;

/** left [rows, dHead], right [vocabSize, dHead] → values and ids [rows, k] of the highest of left·rightᵀ. */
export function strongestTokensProgram({ vocabSize, dHead }: TokenSizes, rows: number, k: number): Program {
  return {
    name: `the ${k} strongest tokens of ${rows}`,
    inputs: { left: floatSpec(rows, dHead), right: floatSpec(vocabSize, dHead) },
    weights: {},
    body({ left, right }) {
      if (!left || !right) throw new Error('strongest tokens need two sides');
      return { ...strongestTokens(left, right, k) };
    },
  };
}

/** logits [vocabSize, dHead], values [vocabSize, dHead] → small [dHead, dHead], logitsᵀ·values. */
export function smallCircuitProgram({ vocabSize, dHead }: TokenSizes): Program {
  return {
    name: 'a head from its output to its input',
    inputs: { logits: floatSpec(vocabSize, dHead), values: floatSpec(vocabSize, dHead) },
    weights: {},
    body({ logits, values }) {
      if (!logits || !values) throw new Error('a small circuit needs logits and values');
      return { small: tf.matMul(logits as tf.Tensor2D, values as tf.Tensor2D, true, false) };
    },
  };
}

/** Composing → norms [writer, reader]. */
export function compositionProgram({ nHeads, dHead, dModel }: ModelConfig): Program {
  return {
    name: 'composition of two layers',
    inputs: {
      output: floatSpec(nHeads, dHead, dModel),
      valueGram: floatSpec(nHeads, dHead, dHead),
      reads: floatSpec(nHeads, dHead, dModel),
      partnerGram: floatSpec(nHeads, dHead, dHead),
    },
    weights: {},
    body({ output, valueGram, reads, partnerGram }: Tensors) {
      if (!output || !valueGram || !reads || !partnerGram) throw new Error('composition needs all its inputs');
      return { norms: compositionNorms({ output, valueGram, reads, partnerGram }) };
    },
  };
}

/** rows [n, dModel] through a factor [head, dHead, dModel]: [head, n, dHead]. */
function byHead(rows: tf.Tensor, factor: tf.Tensor): tf.Tensor {
  const [heads = 1, dHead = 1, dModel = 1] = factor.shape;
  const read = tf.matMul(rows as tf.Tensor2D, tf.reshape(factor, [-1, dModel]), false, true);
  return tf.transpose(tf.reshape(read, [-1, heads, dHead]), [1, 0, 2]);
}
