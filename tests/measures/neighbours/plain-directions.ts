import type { Model } from '../../../pipeline/model/model.ts';
import { unembeddingName } from '../../../pipeline/model/transformer.ts';
import { vocabularyOf } from '../../../pipeline/model/vocabulary.ts';
import type { Sae } from '../../../pipeline/sae/sae.ts';

type Vector = readonly number[];

/** wDec[i] */
export function decoderRow({ wDec, dIn }: Sae, feature: number): Vector {
  return Array.from(wDec.data.subarray(feature * dIn, (feature + 1) * dIn));
}

/** wDec[i]·W_O of an SAE of z, wDec[i] of one after W_O, in float64. */
export function writtenBy(model: Model, sae: Sae, feature: number): Vector {
  const row = decoderRow(sae, feature);
  const output = model.weights[`layers.${sae.layer}.attention.output.weight`];
  if (sae.site === 'attn_out' || !output) return row;
  const { dModel } = model.config;
  return Array.from({ length: dModel }, (_, d) =>
    row.reduce((sum, value, k) => sum + value * output.data[k * dModel + d], 0),
  );
}

/** Its effect on each token's logit, less the mean of all tokens', in float64. */
export function logitEffectsOf(model: Model, sae: Sae, feature: number): Vector {
  const written = writtenBy(model, sae, feature);
  const unembedding = model.weights[unembeddingName(model.config)];
  const effects = Array.from(vocabularyOf(model), (token) =>
    written.reduce((sum, value, d) => sum + value * (unembedding?.data[token * written.length + d] ?? Number.NaN), 0),
  );
  const mean = effects.reduce((sum, effect) => sum + effect, 0) / effects.length;
  return effects.map((effect) => effect - mean);
}

const dot = (a: Vector, b: Vector): number => a.reduce((sum, value, i) => sum + value * (b[i] ?? Number.NaN), 0);

export const cosine = (a: Vector, b: Vector): number => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
