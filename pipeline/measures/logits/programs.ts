import { floatSpec, type Program } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { Transformer } from '../../model/transformer.ts';
import { tokenMask } from '../../model/vocabulary.ts';
import { logitWeights } from '../../model/weights.ts';
import type { Sae } from '../../sae/sae.ts';
import { logitEffects } from './maths/logit-effects.ts';

/** decoderRows [rows, dIn] → highest, highestIds, lowest, lowestIds, each [rows, k], mean and deviation [rows, 1]. */
export function logitEffectsProgram(model: Model, sae: Sae, rows: number, k: number): Program {
  return {
    name: `logit effects of ${sae.id}`,
    inputs: { decoderRows: floatSpec(rows, sae.dIn) },
    weights: { ...logitWeights(model, sae.layer), ...tokenMask(model) },
    body({ decoderRows }, weights) {
      if (!decoderRows) throw new Error('logit effects need decoder rows');
      return { ...logitEffects(new Transformer(model.config, weights), sae, decoderRows, k, weights.tokenMask) };
    },
  };
}
