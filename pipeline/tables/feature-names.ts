import { double, int, nullable, type RowColumns, text } from '../store/column-types.ts';

/** What a feature is called where it is named: a row of sql.ts's selectFeatureNames. */
export const featureNameColumns = {
  sae: text,
  feature: int,
  /** Its best supported label, and that label's score. */
  label: nullable(text),
  score: nullable(double),
  score_low: nullable(double),
  score_high: nullable(double),
  score_kind: nullable(text),
  summary: text,
} as const;

export type FeatureNameRow = RowColumns<typeof featureNameColumns>;
