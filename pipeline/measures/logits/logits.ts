import type { Engine } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { vocabularyOf } from '../../model/vocabulary.ts';
import { float32 } from '../../numbers/tensor.ts';
import { copyRow, itemOf } from '../../numbers/tensor-rows.ts';
import type { Sae } from '../../sae/sae.ts';
import type { EffectSpread } from '../families/maths/promoted-tokens.ts';
import { StrongestTokens, type TokenValue } from './maths/strongest-tokens.ts';
import { spreadOf, vocabularySlices } from './maths/vocabulary-slices.ts';
import { logitEffectsProgram } from './programs.ts';

/** What a layer's features promote and suppress, by feature, strongest first. */
export interface FeatureLogits {
  positive(feature: number): TokenValue[];
  negative(feature: number): TokenValue[];
  /** Of all its logit effects. */
  spread(feature: number): EffectSpread;
}

const tokensEachWay = 10;
/** Features of one product with the unembedding. */
const rowsPerBlock = 256;

/** The ten tokens that each feature of a layer promotes most and the ten it suppresses most; `report` hears of features done. */
export async function computeLogitEffects(
  engine: Engine,
  model: Model,
  sae: Sae,
  report: (features: number) => void = () => {},
): Promise<FeatureLogits> {
  const vocabulary = vocabularyOf(model);
  const k = Math.min(tokensEachWay, vocabulary.length);
  const rows = Math.min(rowsPerBlock, sae.dSae);
  const slices = vocabularySlices(model.config.vocabSize, vocabulary, k);
  const effectsOf = await engine.compile(logitEffectsProgram(model, sae, rows, slices));
  const promoted = new StrongestTokens(sae.dSae, k, 'greatest');
  const suppressed = new StrongestTokens(sae.dSae, k, 'least');
  const spreads: EffectSpread[] = [];
  const decoderRows = float32([rows, sae.dIn]);
  for (let first = 0; first < sae.dSae; first += rows) {
    const count = Math.min(rows, sae.dSae - first);
    for (let row = 0; row < count; row++) copyRow(sae.wDec, first + row, decoderRows, row);
    const { highest, highestIds, lowest, lowestIds, means, squares } = await effectsOf({ decoderRows });
    for (let row = 0; row < count; row++) {
      promoted.take(first + row, itemOf(highest, row).data, itemOf(highestIds, row).data);
      suppressed.take(first + row, itemOf(lowest, row).data, itemOf(lowestIds, row).data);
      spreads.push(spreadOf(slices, itemOf(means, row).data, itemOf(squares, row).data));
    }
    report(first + count);
  }
  await effectsOf.dispose();
  return {
    positive: (feature) => promoted.of(feature),
    negative: (feature) => suppressed.of(feature),
    spread: (feature) => spreads[feature],
  };
}
