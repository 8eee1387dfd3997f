import { floatSpec, intSpec, program } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { Transformer } from '../../model/transformer.ts';
import { tokenMask } from '../../model/vocabulary.ts';
import { logitWeights } from '../../model/weights.ts';
import type { Sae } from '../../sae/sae.ts';
import { logitEffects } from './maths/logit-effects.ts';

/** Decoder rows → logitEffects. */
export function logitEffectsProgram(model: Model, sae: Sae, rows: number, k: number) {
  return program({
    name: `logit effects of ${sae.id}`,
    inputs: { decoderRows: floatSpec(rows, sae.dIn) },
    outputs: {
      highest: floatSpec(rows, k),
      highestIds: intSpec(rows, k),
      lowest: floatSpec(rows, k),
      lowestIds: intSpec(rows, k),
      mean: floatSpec(rows, 1),
      deviation: floatSpec(rows, 1),
    },
    weights: { ...logitWeights(model, sae.layer), ...tokenMask(model) },
    body: ({ decoderRows }, weights) =>
      logitEffects(new Transformer(model.config, weights), sae, decoderRows, k, weights.tokenMask),
  });
}
