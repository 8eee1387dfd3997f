import type { SaeRow } from '../../pipeline/store/schema.ts';
import { count, percent, significant } from './format.ts';

export interface QualityColumn {
  readonly name: string;
  readonly meaning: string;
  show(row: SaeRow): string;
}

/** The columns of the SAE quality table, each with what it measures. */
export const qualityColumns: readonly QualityColumn[] = [
  { name: 'Layer', meaning: 'Layer whose attention output the SAE reads', show: (row) => String(row.layer) },
  { name: 'Features', meaning: 'Width of the SAE, d_sae', show: (row) => count(row.d_sae) },
  { name: 'Inputs', meaning: 'Width of z: heads × head width', show: (row) => count(row.d_in) },
  { name: 'L0', meaning: 'Active features a token, on average', show: (row) => significant(row.l0) },
  {
    name: 'Explained variance',
    meaning: '1 − Σ‖z − ẑ‖² / Σ‖z − z̄‖², BOS left out',
    show: (row) => percent(row.explained_variance),
  },
  {
    name: 'Loss recovered',
    meaning: '(CE zero − CE SAE) / (CE zero − CE clean)',
    show: (row) => percent(row.loss_recovered),
  },
  {
    name: 'CE clean',
    meaning: 'Next-token cross-entropy of the model as it is, nats',
    show: (row) => loss(row.ce_clean),
  },
  { name: 'CE SAE', meaning: 'The same with z replaced by its reconstruction ẑ', show: (row) => loss(row.ce_sae) },
  { name: 'CE mean', meaning: 'The same with z replaced by its mean', show: (row) => loss(row.ce_mean) },
  { name: 'CE zero', meaning: 'The same with z replaced by zero', show: (row) => loss(row.ce_zero) },
  { name: 'Dead', meaning: 'Features active on no token of the corpus', show: (row) => deadShare(row) },
];

function loss(nats: number): string {
  return significant(nats, 4);
}

function deadShare(row: SaeRow): string {
  return `${count(row.dead_features)} (${percent(row.dead_features / row.d_sae, 2)})`;
}
