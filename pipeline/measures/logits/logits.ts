import type { Engine } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { vocabularyOf } from '../../model/vocabulary.ts';
import { float32 } from '../../numbers/tensor.ts';
import type { Sae } from '../../sae/sae.ts';
import type { EffectSpread } from '../families/maths/promoted-tokens.ts';
import { logitEffectsProgram } from './programs.ts';

export interface TokenValue {
  readonly tokenId: number;
  readonly value: number;
}

/** What a layer's features promote and suppress, by feature, strongest first. */
export interface FeatureLogits {
  positive(feature: number): TokenValue[];
  negative(feature: number): TokenValue[];
  /** Of all its logit effects. */
  spread(feature: number): EffectSpread;
}

const columnNames = ['highest', 'highestIds', 'lowest', 'lowestIds', 'mean', 'deviation'] as const;
const tokensEachWay = 10;
/** Features of one product with the unembedding; their logits are all in memory at once. */
const rowsPerBlock = 256;

/** The ten tokens that each feature of a layer promotes most and the ten it suppresses most; `report` hears of features done. */
export async function computeLogitEffects(
  engine: Engine,
  model: Model,
  sae: Sae,
  report: (features: number) => void = () => {},
): Promise<FeatureLogits> {
  const tokens = vocabularyOf(model).length;
  const k = Math.min(tokensEachWay, tokens);
  const rows = Math.min(rowsPerBlock, sae.dSae);
  const effectsOf = await engine.compile(logitEffectsProgram(model, sae, rows, k));
  const columns = {
    highest: new Float32Array(sae.dSae * k),
    highestIds: new Int32Array(sae.dSae * k),
    lowest: new Float32Array(sae.dSae * k),
    lowestIds: new Int32Array(sae.dSae * k),
    mean: new Float32Array(sae.dSae),
    deviation: new Float32Array(sae.dSae),
  };
  const decoder = sae.wDec.data;
  for (let first = 0; first < sae.dSae; first += rows) {
    const count = Math.min(rows, sae.dSae - first);
    const decoderRows = float32([rows, sae.dIn]);
    decoderRows.data.set(decoder.subarray(first * sae.dIn, (first + count) * sae.dIn));
    const outputs = await effectsOf({ decoderRows });
    for (const name of columnNames) {
      const width = columns[name].length / sae.dSae;
      columns[name].set(outputs[name].data.subarray(0, count * width), first * width);
    }
    report(first + count);
  }
  await effectsOf.dispose();
  return {
    positive: (feature) => row(columns.highestIds, columns.highest, feature, k),
    negative: (feature) => row(columns.lowestIds, columns.lowest, feature, k),
    spread: (feature) => ({ mean: columns.mean[feature], deviation: columns.deviation[feature], tokens }),
  };
}

function row(ids: Int32Array, values: Float32Array, feature: number, k: number): TokenValue[] {
  return Array.from({ length: k }, (_, rank) => ({
    tokenId: ids[feature * k + rank],
    value: values[feature * k + rank],
  }));
}
