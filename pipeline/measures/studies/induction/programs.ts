import { floatSpec, intSpec, program } from '../../../engine/program.ts';
import type { Model } from '../../../model/model.ts';
import { attentionStates, Transformer } from '../../../model/transformer.ts';
import { tokenMask } from '../../../model/vocabulary.ts';
import { weightsOfLayers } from '../../../model/weights.ts';
import { repeatReadout } from './maths/repeat-readout.ts';

/** tokens, sources one-hot, answers → what every head does at the last position. */
export function repeatProgram(model: Model, rows: number, length: number) {
  const { nLayers, nHeads } = model.config;
  return program({
    name: `repeated prefixes of ${length} tokens`,
    inputs: { tokens: intSpec(rows, length), sources: floatSpec(rows, length), answers: intSpec(rows) },
    outputs: { attention: floatSpec(rows, nLayers, nHeads), attribution: floatSpec(rows, nLayers, nHeads) },
    weights: { ...model.weights, ...tokenMask(model) },
    body({ tokens, sources, answers }, weights) {
      const transformer = new Transformer(model.config, weights);
      return repeatReadout(transformer, tokens, sources, answers, weights.tokenMask);
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
