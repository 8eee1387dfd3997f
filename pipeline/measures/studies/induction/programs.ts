import { meanUnembedding } from '../../../attribution/direct-logit-attribution.ts';
import { floatSpec, intSpec, program } from '../../../engine/program.ts';
import type { Model } from '../../../model/model.ts';
import { attentionStates, Transformer } from '../../../model/transformer.ts';
import { sharedWeights, weightsOfLayers } from '../../../model/weights.ts';
import { repeatReadout } from './maths/repeat-readout.ts';

const hasBias = ({ config }: Model) => config.biases.unembedding;

/** As an input of one program and an output of another. */
const meanSpecs = (model: Model) => ({
  direction: floatSpec(1, model.config.dModel),
  ...(hasBias(model) ? { bias: floatSpec(1) } : {}),
});

/** 1 for rows of the vocabulary that are tokens → meanUnembedding. Once for a study: the rows are as many as all layers' of a small model. */
export function meanUnembeddingProgram(model: Model) {
  return program({
    name: 'mean logit',
    inputs: { mask: floatSpec(1, model.config.vocabSize) },
    outputs: { mean: meanSpecs(model) },
    weights: sharedWeights(model),
    body: ({ mask }, weights) => {
      const { direction, bias } = meanUnembedding(new Transformer(model.config, weights), mask);
      return { mean: { direction, ...(bias && { bias }) } };
    },
  });
}

/** tokens, sources one-hot, answers, the mean logit → what every head does at the last position. */
export function repeatProgram(model: Model, rows: number, length: number) {
  const { nLayers, nHeads } = model.config;
  return program({
    name: `repeated prefixes of ${length} tokens`,
    inputs: {
      tokens: intSpec(rows, length),
      sources: floatSpec(rows, length),
      answers: intSpec(rows),
      mean: meanSpecs(model),
    },
    outputs: { attention: floatSpec(rows, nLayers, nHeads), attribution: floatSpec(rows, nLayers, nHeads) },
    weights: model.weights,
    body({ tokens, sources, answers, mean: { direction, bias } }, weights) {
      return repeatReadout(new Transformer(model.config, weights), tokens, sources, answers, { direction, bias });
    },
  });
}

/** tokens → the pattern of every layer. */
export function patternProgram(model: Model, rows: number, length: number) {
  const { nLayers, nHeads } = model.config;
  const layers = Array.from({ length: nLayers }, (_, layer) => layer);
  return program({
    name: `attention patterns of ${length} tokens`,
    inputs: { tokens: intSpec(rows, length) },
    outputs: { patterns: Object.fromEntries(layers.map((layer) => [layer, floatSpec(rows, nHeads, length, length)])) },
    weights: weightsOfLayers(model, 0, nLayers - 1),
    body({ tokens }, weights) {
      const states = attentionStates(new Transformer(model.config, weights), tokens, nLayers - 1);
      return { patterns: Object.fromEntries(states.map(({ pattern }, layer) => [layer, pattern])) };
    },
  });
}
