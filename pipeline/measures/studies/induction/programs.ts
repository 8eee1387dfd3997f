import type * as tf from '@tensorflow/tfjs-core';
import { floatSpec, intSpec, type Program } from '../../../engine/program.ts';
import type { Model } from '../../../model/model.ts';
import { attentionStates, Transformer } from '../../../model/transformer.ts';
import { tokenMask } from '../../../model/vocabulary.ts';
import { weightsOfLayers } from '../../../model/weights.ts';
import { repeatReadout } from './maths/repeat-readout.ts';

/**
 * tokens [rows, length], sources one-hot [rows, length], answers [rows] → attention and attribution
 * [rows, layer, head].
 */
export function repeatProgram(model: Model, rows: number, length: number): Program {
  return {
    name: `repeated prefixes of ${length} tokens`,
    inputs: { tokens: intSpec(rows, length), sources: floatSpec(rows, length), answers: intSpec(rows) },
    weights: { ...model.weights, ...tokenMask(model) },
    body({ tokens, sources, answers }, weights) {
      if (!tokens || !sources || !answers) throw new Error('repeated prefixes need tokens, sources and answers');
      const transformer = new Transformer(model.config, weights);
      const { attention, attribution } = repeatReadout(transformer, tokens, sources, answers, weights.tokenMask);
      return { attention, attribution };
    },
  };
}

/** tokens [rows, length] → pattern.L [rows, head, t, s] of every layer. */
export function patternProgram(model: Model, rows: number, length: number): Program {
  const last = model.config.nLayers - 1;
  return {
    name: `attention patterns of ${length} tokens`,
    inputs: { tokens: intSpec(rows, length) },
    weights: weightsOfLayers(model, 0, last),
    body({ tokens }, weights) {
      if (!tokens) throw new Error('attention patterns need tokens');
      const states = attentionStates(new Transformer(model.config, weights), tokens, last);
      return Object.fromEntries(states.map(({ pattern }, layer): [string, tf.Tensor] => [`pattern.${layer}`, pattern]));
    },
  };
}
