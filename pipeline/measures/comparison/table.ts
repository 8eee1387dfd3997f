import {
  bool,
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
import { optionalTable } from '../../store/table.ts';
import { heads } from '../heads/table.ts';
import { saes } from '../quality/table.ts';

/** The run that a finished one was compared with, in one row, and what differs in how the two were made. */
export const comparedRun = optionalTable(
  'compared_run',
  {
    name: text,
    /** Where its site is, a slash behind it. */
    site: nullable(text),
    /** Of this run and of the other: the comparison is of these two and none else. */
    fingerprint: text,
    other_fingerprint: text,
    settings: list(struct({ setting: text, value: nullable(text), other: nullable(text) })),
  },
  { sortedBy: ['name'] },
);

/** The other run's SAEs, as its own table has them, each beside the one of this run that it is compared with. */
export const comparedSaes = optionalTable(
  'compared_saes',
  {
    ...saes.columns,
    own_sae: text,
    /** Whether the two are the same SAE by its weights: their features then have the same numbers. */
    same_weights: bool,
  },
  { sortedBy: ['layer', 'own_sae'] },
);

/** The other run's heads, as those SAEs show them. */
export const comparedHeads = optionalTable(
  'compared_heads',
  { ...heads.columns, own_sae: text },
  { sortedBy: ['layer', 'own_sae', 'head'] },
);

/**
 * Of each live feature the nearest one of the other run's SAE by the cosine of their decoder rows, and of each live feature
 * of the other the nearest one here. `feature` is always this run's, `other_feature` the other's.
 */
export const comparedFeatures = optionalTable(
  'compared_features',
  {
    layer: int,
    sae: text,
    other_sae: text,
    /** Whose nearest it is: `own` of this run's feature, `other` of the other's. */
    nearest_of: text,
    feature: int,
    other_feature: int,
    cosine: float,
    /** Whether each is the nearest of the other. */
    is_mutual: bool,
    family: nullable(text),
    other_family: nullable(text),
    density: double,
    other_density: double,
    max_activation: float,
    other_max_activation: float,
    /** What the other run calls its feature. */
    other_label: nullable(text),
    other_summary: text,
  },
  { sortedBy: ['layer', 'sae', 'nearest_of', 'feature', 'other_feature'] },
);

export type ComparedRunRow = RowOf<typeof comparedRun>;
export type ComparedSaeRow = RowOf<typeof comparedSaes>;
export type ComparedHeadRow = RowOf<typeof comparedHeads>;
export type ComparedFeatureRow = RowOf<typeof comparedFeatures>;
export type NewComparedFeatureRow = NewRowOf<typeof comparedFeatures>;
