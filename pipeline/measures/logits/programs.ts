import { floatSpec, type Program } from '../../engine/program.ts';
import { architectureOf } from '../../model/families/index.ts';
import type { Model } from '../../model/model.ts';
import { tokenMask } from '../../model/vocabulary.ts';
import { transformerOf } from '../../record/programs.ts';
import type { Sae } from '../../sae/sae.ts';
import { logitEffects } from './maths/logit-effects.ts';

/** decoderRows [rows, dIn] → highest, highestIds, lowest, lowestIds, each [rows, k], mean and deviation [rows, 1]. */
export function logitEffectsProgram(model: Model, sae: Sae, rows: number, k: number): Program {
  const names = architectureOf(model.config.modelType).logitEffectTensors(model.config, sae.layer);
  return {
    name: `logit effects of layer ${sae.layer}`,
    inputs: { decoderRows: floatSpec(rows, sae.dIn) },
    weights: {
      ...Object.fromEntries(Object.entries(model.weights).filter(([name]) => names.includes(name))),
      ...tokenMask(model),
    },
    body({ decoderRows }, weights) {
      if (!decoderRows) throw new Error('logit effects need decoder rows');
      return { ...logitEffects(transformerOf(model, weights), sae.layer, decoderRows, k, weights.tokenMask) };
    },
  };
}
