import type { SaeRow } from '../../../pipeline/measures/quality/table.ts';
import { count, percent, significant } from '../../page-kit/format.ts';

export interface Measured {
  readonly value: string;
  /** "low – high" */
  readonly interval?: string;
  readonly range?: readonly [low: number, high: number];
}

export interface QualityColumn {
  readonly name: string;
  readonly meaning: string;
  /** What a row says, with its 95% interval where the number varies with the sample of contexts. */
  show(row: SaeRow): Measured;
}

const siteNames: Readonly<Record<string, string | undefined>> = {
  z: 'z',
  attn_module: 'module output',
  attn_out: 'output',
};

/** The columns of the SAE quality table, each with what it measures. */
export const qualityColumns: readonly QualityColumn[] = [
  {
    name: 'SAE',
    meaning: 'Layer whose attention the SAE reads, and what tells it from others of the layer',
    show: (row) => ({ value: row.sae }),
  },
  { name: 'Features', meaning: 'Width of the SAE, d_sae', show: (row) => ({ value: count(row.d_sae) }) },
  {
    name: 'Reads',
    meaning:
      'What the SAE reads, x: z, before W_O, or the attention output, after it and a norm behind it; of the module, before that norm',
    show: (row) => ({ value: siteNames[row.site] ?? row.site }),
  },
  {
    name: 'Inputs',
    meaning: 'Width of x: heads × head width of z, d_model of the output',
    show: (row) => ({ value: count(row.d_in) }),
  },
  { name: 'L0', meaning: 'Active features a token, on average', show: (row) => ({ value: significant(row.l0) }) },
  {
    name: 'Explained variance',
    meaning: '1 − Σ‖x − x̂‖² / Σ‖x − x̄‖², BOS left out',
    show: (row) =>
      ranged(percent, row.explained_variance ?? Number.NaN, row.explained_variance_low, row.explained_variance_high),
  },
  {
    name: 'Cosine',
    meaning: 'Mean cosine of x and x̂ (SAEBench: cossim)',
    show: (row) => ({ value: significant(row.cossim) }),
  },
  {
    name: 'L2 ratio',
    meaning: 'Mean of ‖x̂‖ / ‖x‖ (SAEBench: l2_ratio)',
    show: (row) => ({ value: significant(row.l2_ratio) }),
  },
  {
    name: 'Bias',
    meaning: 'Σ‖x̂‖² / Σ x·x̂, below 1 where x̂ is too short (SAEBench: relative_reconstruction_bias)',
    show: (row) => ({ value: significant(row.relative_reconstruction_bias ?? Number.NaN) }),
  },
  {
    name: 'Loss recovered',
    meaning: '(CE zero − CE SAE) / (CE zero − CE clean) (SAEBench: ce_loss_score)',
    show: (row) => ranged(percent, row.loss_recovered ?? Number.NaN, row.loss_recovered_low, row.loss_recovered_high),
  },
  {
    name: 'Recovered of mean',
    meaning: '(CE mean − CE SAE) / (CE mean − CE clean): loss recovered where the mean takes the place of zero',
    show: (row) => ({ value: percent(row.loss_recovered_mean ?? Number.NaN) }),
  },
  {
    name: 'CE clean',
    meaning: 'Next-token cross-entropy of the model as it is, nats',
    show: (row) => ranged(loss, row.ce_clean, row.ce_clean_low, row.ce_clean_high),
  },
  {
    name: 'CE SAE',
    meaning: 'The same with x replaced by its reconstruction x̂',
    show: (row) => ranged(loss, row.ce_sae, row.ce_sae_low, row.ce_sae_high),
  },
  {
    name: 'CE mean',
    meaning: 'The same with x replaced by its mean',
    show: (row) => ranged(loss, row.ce_mean, row.ce_mean_low, row.ce_mean_high),
  },
  {
    name: 'CE zero',
    meaning: 'The same with x replaced by zero',
    show: (row) => ranged(loss, row.ce_zero, row.ce_zero_low, row.ce_zero_high),
  },
  {
    name: 'KL score',
    meaning: '(KL zero − KL SAE) / KL zero, of next-token predictions from the model’s own (SAEBench: kl_div_score)',
    show: (row) => ({ value: percent(row.kl_score ?? Number.NaN) }),
  },
  {
    name: 'KL score of mean',
    meaning: '(KL mean − KL SAE) / KL mean: the same where the mean takes the place of zero',
    show: (row) => ({ value: percent(row.kl_score_mean ?? Number.NaN) }),
  },
  {
    name: 'KL SAE',
    meaning: 'KL divergence of next-token predictions from the model’s own with x replaced by x̂, nats',
    show: (row) => ({ value: loss(row.kl_sae) }),
  },
  {
    name: 'Dense',
    meaning: 'Features active on over 10% of tokens; their share (SAEBench: freq_over_10_percent)',
    show: ({ dense_features, freq_over_10_percent }) => ({
      value: countAndShare(dense_features, freq_over_10_percent),
    }),
  },
  {
    name: 'Dead',
    meaning: 'Features active on no token of the corpus; their share (SAEBench: 1 − frac_alive)',
    show: ({ dead_features, d_sae }) => ({ value: countAndShare(dead_features, dead_features / d_sae) }),
  },
  {
    name: 'Nearest',
    meaning:
      'Greatest cosine of a feature’s decoder row with another’s, mean over features (SAEBench: average_max_decoder_cosine_sim)',
    show: (row) => ({ value: significant(row.average_max_decoder_cosine_sim ?? Number.NaN) }),
  },
  {
    name: 'Near twins',
    meaning: 'Pairs of features whose decoder rows have a cosine over 0.99',
    show: ({ near_twins }) => ({ value: near_twins === null ? '–' : count(near_twins) }),
  },
];

/** Those that the overview has room for. */
export const leadingColumns: readonly QualityColumn[] = qualityColumns.filter(({ name }) =>
  [
    'SAE',
    'Features',
    'Reads',
    'L0',
    'Explained variance',
    'Loss recovered',
    'CE SAE',
    'CE clean',
    'Dense',
    'Dead',
  ].includes(name),
);

function ranged(show: (value: number) => string, value: number, low: number | null, high: number | null): Measured {
  if (low === null || high === null) return { value: show(value) };
  return { value: show(value), interval: `${show(low)} – ${show(high)}`, range: [low, high] };
}

function loss(nats: number): string {
  return significant(nats, 4);
}

/** Of a run that did not count, the share alone. */
const countAndShare = (features: number | null, share: number): string =>
  features === null ? percent(share, 2) : `${count(features)} (${percent(share, 2)})`;
