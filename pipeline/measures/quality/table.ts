import {
  bigint,
  double,
  float,
  int,
  list,
  type NewRowOf,
  nullable,
  type RowOf,
  struct,
  text,
} from '../../store/column-types.ts';
import { optionalTable, table } from '../../store/table.ts';

export const saes = table(
  'saes',
  {
    layer: int,
    sae: text,
    site: text,
    d_in: int,
    d_sae: int,
    tokens: bigint,
    contexts: int,
    quality_tokens: bigint,
    quality_contexts: int,
    l0: double,
    explained_variance: nullable(double),
    cossim: double,
    l2_ratio: double,
    relative_reconstruction_bias: nullable(double),
    ce_clean: double,
    ce_sae: double,
    ce_zero: double,
    ce_mean: double,
    loss_recovered: nullable(double),
    kl_sae: double,
    kl_zero: double,
    kl_mean: double,
    kl_score: nullable(double),
    dead_features: int,
    freq_over_1_percent: double,
    freq_over_10_percent: double,
    // Null in runs made before they were measured.
    normalized_freq_over_1_percent: nullable(double),
    normalized_freq_over_10_percent: nullable(double),
    dense_features: nullable(int),
    density_histogram: nullable(struct({ edges: list(float), counts: list(bigint) })),
    average_max_decoder_cosine_sim: nullable(double),
    near_twins: nullable(int),
    loss_recovered_mean: nullable(double),
    kl_score_mean: nullable(double),
    explained_variance_low: nullable(double),
    explained_variance_high: nullable(double),
    ce_clean_low: nullable(double),
    ce_clean_high: nullable(double),
    ce_sae_low: nullable(double),
    ce_sae_high: nullable(double),
    ce_zero_low: nullable(double),
    ce_zero_high: nullable(double),
    ce_mean_low: nullable(double),
    ce_mean_high: nullable(double),
    loss_recovered_low: nullable(double),
    loss_recovered_high: nullable(double),
    source: text,
    processing: text,
    folded_bias: text,
    processing_source: text,
  },
  { sortedBy: ['layer', 'sae'] },
);

/** Mean z [nHeads·dHead] of each layer that has an SAE, over the tokens its quality is measured on. */
export const zMeans = optionalTable('z_means', { layer: int, mean_z: list(float) }, { sortedBy: ['layer'] });

export type SaeRow = RowOf<typeof saes>;
export type NewSaeRow = NewRowOf<typeof saes>;
export type ZMeanRow = RowOf<typeof zMeans>;
export type NewZMeanRow = NewRowOf<typeof zMeans>;
