import { densityHistogram } from '../../pipeline/measures/quality/maths/density-histogram.ts';
import type { NewSaeRow } from '../../pipeline/measures/quality/table.ts';
import type { NewFeatureRow } from '../../pipeline/measures/statistics/table.ts';
import type { Random } from './random.ts';
import { CONTEXT, CONTEXTS, D_HEAD, type SyntheticShape } from './synthetic-shape.ts';

/** A layer's row of `saes`. */
export function syntheticSae(
  random: Random,
  shape: SyntheticShape,
  layer: number,
  alive: readonly NewFeatureRow[],
): NewSaeRow {
  const counts = alive.map(({ count }) => Number(count));
  const ce = { ce_clean: 3.2, ce_sae: 3.25 + random.unit() / 10, ce_zero: 4 + random.unit(), ce_mean: 3.9 };
  return {
    ...{
      layer,
      sae: String(layer),
      site: 'z',
      d_in: shape.heads * D_HEAD,
      d_sae: shape.features,
      tokens: 25_400,
      contexts: CONTEXTS,
    },
    ...{ quality_tokens: 50 * (CONTEXT - 1), quality_contexts: 50 },
    ...{ l0: 10 + 10 * random.unit(), explained_variance: 0.8 + random.unit() / 10, ...ce },
    loss_recovered: (ce.ce_zero - ce.ce_sae) / (ce.ce_zero - ce.ce_clean),
    ...{ cossim: 0.92, l2_ratio: 0.88, relative_reconstruction_bias: 0.97 },
    ...{ kl_sae: 0.05, kl_zero: 0.9, kl_mean: 0.8, kl_score: (0.9 - 0.05) / 0.9 },
    ...{ freq_over_1_percent: 0.2, freq_over_10_percent: 0.01 },
    ...{ normalized_freq_over_1_percent: 0.6, normalized_freq_over_10_percent: 0.1 },
    ...{ dense_features: Math.round(0.01 * shape.features), average_max_decoder_cosine_sim: 0.4, near_twins: 0 },
    density_histogram: densityHistogram(counts, 25_400),
    ...{ loss_recovered_mean: 0.92, kl_score_mean: 0.93 },
    dead_features: shape.features - counts.length,
    ...{ explained_variance_low: 0.79, explained_variance_high: 0.91, ce_clean_low: 3.1, ce_clean_high: 3.3 },
    ...{ ce_sae_low: 3.15, ce_sae_high: 3.4, ce_zero_low: 3.9, ce_zero_high: 5.1, ce_mean_low: 3.8, ce_mean_high: 4 },
    ...{ loss_recovered_low: null, loss_recovered_high: null },
    source: `saes/layer-${layer}`,
    ...{ processing: 'raw', folded_bias: 'none', processing_source: 'model_from_pretrained_kwargs says no fold' },
  };
}
