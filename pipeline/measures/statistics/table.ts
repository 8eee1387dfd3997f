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
import { table } from '../../store/table.ts';
import { familyColumns } from '../families/table.ts';
import { labelColumns } from '../labels/table.ts';
import { logitColumns } from '../logits/table.ts';

/** Features of one row group; readers ask for as many at a time. */
export const FEATURES_PER_BLOCK = 2048;

export const features = table(
  'features',
  {
    layer: int,
    sae: text,
    feature: int,
    count: bigint,
    density: double,
    mean_active: double,
    max_activation: float,
    constant: float,
    head_weights: list(float),
    histogram: struct({ edges: list(float), counts: list(bigint) }),
    intervals: list(struct({ low: float, high: float, count: bigint, share: double })),
    ...logitColumns,
    ...familyColumns,
    ...labelColumns,
  },
  { sortedBy: ['layer', 'sae', 'feature'], rowGroupRows: FEATURES_PER_BLOCK, fileRows: 16 * FEATURES_PER_BLOCK },
);

export const examples = table(
  'examples',
  {
    layer: int,
    sae: text,
    feature: int,
    interval: int,
    rank: int,
    context: int,
    position: int,
    activation: float,
    window_start: int,
    token_ids: list(int),
    activations: list(float),
    dfa_source: nullable(list(float)),
    dfa_head: nullable(list(float)),
    /** What b_O adds, at an SAE after W_O: dfa_head, this and the constant sum to the pre-activation. */
    dfa_output_bias: nullable(float),
  },
  // A file's rows are held in memory until it is written: some 2 KB each, of a window's tokens.
  { sortedBy: ['layer', 'sae', 'feature', 'interval', 'rank'], fileRows: 32_768 },
);

export type FeatureRow = RowOf<typeof features>;
export type NewFeatureRow = NewRowOf<typeof features>;
export type ExampleRow = RowOf<typeof examples>;
export type NewExampleRow = NewRowOf<typeof examples>;
