import * as tf from '@tensorflow/tfjs-core';
import { floatSpec, intSpec, program } from '../../engine/program.ts';
import type { Model, ModelConfig } from '../../model/model.ts';
import { Transformer } from '../../model/transformer.ts';
import { circuitWeights } from '../../model/weights.ts';
import { compositionNorms } from './maths/composition.ts';
import { scoresByDistance } from './maths/distances.ts';
import { embeddingsAlone } from './maths/embeddings-alone.ts';
import { type FactorName, gram, headFactors, readFactors } from './maths/head-factors.ts';
import { strongestTokens } from './maths/token-pairs.ts';

/** → headFactors of a layer, and their Grams. */
export function factorsProgram(model: Model, layer: number) {
  const { nHeads, dHead, dModel } = model.config;
  const factor = floatSpec(nHeads, dHead, dModel);
  const square = floatSpec(nHeads, dHead, dHead);
  return program({
    name: `factors of layer ${layer}'s heads`,
    inputs: {},
    outputs: {
      factor: { query: factor, key: factor, value: factor, output: factor },
      gram: { query: square, key: square, value: square, output: square },
    },
    weights: circuitWeights(model, layer),
    body(_inputs, weights) {
      const { query, key, value, output } = headFactors(new Transformer(model.config, weights), layer);
      return {
        factor: { query, key, value, output },
        gram: { query: gram(query), key: gram(key), value: gram(value), output: gram(output) },
      };
    },
  });
}

/** → what a factor of each head makes of those tokens' embeddings alone. */
export function tokenReadsProgram(model: Model, layer: number, factor: FactorName, rows: number) {
  return program({
    name: `${factor} of tokens in layer ${layer}`,
    inputs: { ids: intSpec(rows) },
    outputs: { reads: floatSpec(model.config.nHeads, rows, model.config.dHead) },
    weights: circuitWeights(model, layer),
    body({ ids }, weights) {
      const transformer = new Transformer(model.config, weights);
      const alone = embeddingsAlone(transformer, layer, 'embedding', ids);
      return { reads: byHead(alone, headFactors(transformer, layer)[factor]) };
    },
  });
}

/** → scores of position embeddings alone, destination by source. */
export function positionsProgram(model: Model, layer: number, length: number) {
  return program({
    name: `positions in layer ${layer}`,
    inputs: {},
    outputs: { scores: floatSpec(model.config.nHeads, length, length) },
    weights: circuitWeights(model, layer),
    body(_inputs, weights) {
      const transformer = new Transformer(model.config, weights);
      const alone = embeddingsAlone(transformer, layer, 'position', tf.zeros([length], 'int32'));
      const { query, key } = headFactors(transformer, layer);
      return { scores: tf.matMul(byHead(alone, query), byHead(alone, key), false, true) };
    },
  });
}

/** → mean scores of tokens' embeddings alone by distance, of a layer whose positions are rotary. */
export function distancesProgram(model: Model, layer: number, rows: number, distances: number) {
  const { nHeads } = model.config;
  return program({
    name: `distances in layer ${layer}`,
    inputs: { ids: intSpec(rows) },
    outputs: { all: floatSpec(nHeads, distances), same: floatSpec(nHeads, distances) },
    weights: circuitWeights(model, layer),
    body({ ids }, weights) {
      const transformer = new Transformer(model.config, weights);
      const { rotary } = transformer.layer(layer);
      if (!rotary) throw new Error(`layer ${layer} has no rotary positions`);
      const alone = embeddingsAlone(transformer, layer, 'embedding', ids);
      const { query, key } = readFactors(transformer, layer);
      return scoresByDistance(byHead(alone, query), byHead(alone, key), rotary, distances);
    },
  });
}

/** → W_O·W_U of each head, a token's logit by dimension of z. */
export function headLogitsProgram(model: Model, layer: number) {
  return program({
    name: `logits of layer ${layer}'s heads`,
    inputs: {},
    outputs: { logits: floatSpec(model.config.nHeads, model.config.vocabSize, model.config.dHead) },
    weights: circuitWeights(model, layer),
    body(_inputs, weights) {
      const transformer = new Transformer(model.config, weights);
      const { config } = transformer;
      const { output } = headFactors(transformer, layer);
      const logits = transformer.toLogits(tf.reshape(output, [-1, config.dModel]));
      return { logits: tf.transpose(tf.reshape(logits, [config.nHeads, config.dHead, -1]), [0, 2, 1]) };
    },
  });
}

/** The number of tokens, and the size of a head. */
type TokenSizes = Pick<ModelConfig, 'vocabSize' | 'dHead'>;

/** → values and ids of the highest of left·rightᵀ. */
export function strongestTokensProgram({ vocabSize, dHead }: TokenSizes, rows: number, k: number) {
  return program({
    name: `the ${k} strongest tokens of ${rows}`,
    inputs: { left: floatSpec(rows, dHead), right: floatSpec(vocabSize, dHead) },
    outputs: { values: floatSpec(rows, k), ids: intSpec(rows, k) },
    weights: {},
    body: ({ left, right }) => strongestTokens(left, right, k),
  });
}

/** → logitsᵀ·values. */
export function smallCircuitProgram({ vocabSize, dHead }: TokenSizes) {
  return program({
    name: 'a head from its output to its input',
    inputs: { logits: floatSpec(vocabSize, dHead), values: floatSpec(vocabSize, dHead) },
    outputs: { small: floatSpec(dHead, dHead) },
    weights: {},
    body: ({ logits, values }) => ({ small: tf.matMul(logits as tf.Tensor2D, values as tf.Tensor2D, true, false) }),
  });
}

/** → Σ u·êᵀ over some tokens, Σ u and Σ ê: u a row of W_Uᵀ, ê a token's embedding alone; `counts` is 0 for a row that only fills. */
export function tokenMomentsProgram(model: Model, layer: number, rows: number) {
  const { dModel } = model.config;
  return program({
    name: `moments of ${rows} tokens in layer ${layer}`,
    inputs: { ids: intSpec(rows), counts: floatSpec(rows, 1) },
    outputs: { products: floatSpec(dModel, dModel), unembedded: floatSpec(dModel), embedded: floatSpec(dModel) },
    weights: circuitWeights(model, layer),
    body({ ids, counts }, weights) {
      const transformer = new Transformer(model.config, weights);
      const rowsOf = tf.gather(transformer.unembedding, ids as tf.Tensor1D);
      const unembedded = tf.mul(rowsOf, counts) as tf.Tensor2D;
      const embedded = tf.mul(embeddingsAlone(transformer, layer, 'embedding', ids), counts) as tf.Tensor2D;
      return {
        products: tf.matMul(unembedded, embedded, true, false),
        unembedded: tf.sum(unembedded, 0),
        embedded: tf.sum(embedded, 0),
      };
    },
  });
}

/** → W_O·moments·W_Vᵀ of each head of a layer, for copyingScore: moments [dModel, dModel] are Σ (u − ū)·êᵀ. */
export function smallCircuitsProgram(model: Model, layer: number) {
  const { nHeads, dHead, dModel } = model.config;
  return program({
    name: `layer ${layer}'s heads from their outputs to their inputs`,
    inputs: { moments: floatSpec(dModel, dModel) },
    outputs: { small: floatSpec(nHeads, dHead, dHead) },
    weights: circuitWeights(model, layer),
    body({ moments }, weights) {
      const { value, output } = headFactors(new Transformer(model.config, weights), layer);
      const read = tf.matMul(tf.reshape(output, [-1, dModel]) as tf.Tensor2D, moments as tf.Tensor2D);
      return { small: tf.matMul(tf.reshape(read, [nHeads, dHead, dModel]), value, false, true) };
    },
  });
}

/** → compositionNorms [writer, reader]. */
export function compositionProgram({ nHeads, dHead, dModel }: ModelConfig) {
  return program({
    name: 'composition of two layers',
    inputs: {
      output: floatSpec(nHeads, dHead, dModel),
      valueGram: floatSpec(nHeads, dHead, dHead),
      reads: floatSpec(nHeads, dHead, dModel),
      partnerGram: floatSpec(nHeads, dHead, dHead),
    },
    outputs: { norms: floatSpec(nHeads, nHeads) },
    weights: {},
    body: (composing) => ({ norms: compositionNorms(composing) }),
  });
}

/** rows [n, dModel] through a factor [head, dHead, dModel]: [head, n, dHead]. */
function byHead(rows: tf.Tensor, factor: tf.Tensor): tf.Tensor {
  const [heads = 1, dHead = 1, dModel = 1] = factor.shape;
  const read = tf.matMul(rows as tf.Tensor2D, tf.reshape(factor, [-1, dModel]), false, true);
  return tf.transpose(tf.reshape(read, [-1, heads, dHead]), [1, 0, 2]);
}
