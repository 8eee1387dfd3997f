import type { SaeRow } from '../../../pipeline/measures/quality/table.ts';
import { count, percent, significant } from '../../page-kit/format.ts';

interface Measured {
  readonly value: string;
  /** "low – high" */
  readonly interval?: string;
}

export interface QualityColumn {
  readonly name: string;
  readonly meaning: string;
  /** What a row says, with its 95 % interval where the number varies with the sample of contexts. */
  show(row: SaeRow): Measured;
}

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
    meaning: 'What the SAE reads, x: z, before W_O, or the attention output, after it',
    show: (row) => ({ value: row.site === 'z' ? 'z' : 'output' }),
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
    name: 'Loss recovered',
    meaning: '(CE zero − CE SAE) / (CE zero − CE clean)',
    show: (row) => ranged(percent, row.loss_recovered ?? Number.NaN, row.loss_recovered_low, row.loss_recovered_high),
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
  { name: 'Dead', meaning: 'Features active on no token of the corpus', show: (row) => ({ value: deadShare(row) }) },
];

function ranged(show: (value: number) => string, value: number, low: number | null, high: number | null): Measured {
  if (low === null || high === null) return { value: show(value) };
  return { value: show(value), interval: `${show(low)} – ${show(high)}` };
}

function loss(nats: number): string {
  return significant(nats, 4);
}

function deadShare(row: SaeRow): string {
  return `${count(row.dead_features)} (${percent(row.dead_features / row.d_sae, 2)})`;
}
