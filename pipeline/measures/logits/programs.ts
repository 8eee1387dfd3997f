import { floatSpec, intSpec, program } from '../../engine/program.ts';
import { weightOf } from '../../model/layer.ts';
import type { Model } from '../../model/model.ts';
import { Transformer } from '../../model/transformer.ts';
import { tokenMask } from '../../model/vocabulary.ts';
import { outputWeights, unembeddingOf } from '../../model/weights.ts';
import type { FloatTensor } from '../../numbers/tensor.ts';
import { someRows } from '../../numbers/tensor-rows.ts';
import type { Sae } from '../../sae/sae.ts';
import { residualWrites } from '../../sae/site.ts';
import { logitEffects } from './maths/logit-effects.ts';
import type { VocabularySlice } from './maths/vocabulary-slices.ts';

/**
 * Decoder rows of an SAE → logitEffects: of wDec[i]·W_O for one of z, of wDec[i] for one after W_O. A norm behind W_O
 * multiplies by its gain; its scale is left out.
 */
export function logitEffectsProgram(model: Model, sae: Sae, rows: number, slices: readonly VocabularySlice[]) {
  const unembedding = unembeddingOf(model);
  const sliced = slices.map(({ first, size }, i): [string, FloatTensor] => [
    sliceName(i),
    someRows(unembedding, first, size),
  ]);
  const kept = slices.reduce((sum, { k }) => sum + k, 0);
  return program({
    name: `logit effects of ${sae.id}`,
    inputs: { decoderRows: floatSpec(rows, sae.dIn) },
    outputs: {
      highest: floatSpec(rows, kept),
      highestIds: intSpec(rows, kept),
      lowest: floatSpec(rows, kept),
      lowestIds: intSpec(rows, kept),
      means: floatSpec(rows, slices.length),
      squares: floatSpec(rows, slices.length),
    },
    weights: { ...outputWeights(model, sae.layer), ...Object.fromEntries(sliced), ...tokenMask(model) } as Record<
      string,
      FloatTensor
    >,
    body({ decoderRows }, weights) {
      const layer = new Transformer(model.config, weights).layer(sae.layer);
      const written = residualWrites(layer, sae.site, decoderRows);
      const unembeddingAt = (slice: number) => weightOf(weights, sliceName(slice));
      return { ...logitEffects(written, slices, unembeddingAt, weights.tokenMask) };
    },
  });
}

const sliceName = (slice: number): string => `unembedding.${slice}`;
