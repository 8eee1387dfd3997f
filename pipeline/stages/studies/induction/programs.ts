import type { Model } from '../../../core/model.ts';
import { repeatReadout } from '../../../core/studies/repeat-readout.ts';
import { floatSpec, intSpec, type Program } from '../../../engine/program.ts';
import { transformerOf } from '../../programs.ts';

/**
 * tokens [rows, length], sources one-hot [rows, length], answers [rows] → attention and attribution
 * [rows, layer, head], logit [rows].
 */
export function repeatProgram(model: Model, rows: number, length: number): Program {
  return {
    name: `repeated prefixes of ${length} tokens`,
    inputs: { tokens: intSpec(rows, length), sources: floatSpec(rows, length), answers: intSpec(rows) },
    weights: model.weights,
    body({ tokens, sources, answers }, weights) {
      if (!tokens || !sources || !answers) throw new Error('repeated prefixes need tokens, sources and answers');
      return { ...repeatReadout(transformerOf(model, weights), tokens, sources, answers) };
    },
  };
}
