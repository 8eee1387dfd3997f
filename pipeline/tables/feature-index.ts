import { bigint, double, float, int, list, nullable, type RowColumns, text } from '../store/column-types.ts';

/** What search knows of a feature: a row of sql.ts's selectFeatureIndex. */
export const featureIndexColumns = {
  feature: int,
  count: bigint,
  density: double,
  mean_active: double,
  max_activation: float,
  top_head: int,
  top_head_weight: float,
  family: nullable(text),
  promoted: list(int),
  suppressed: list(int),
  /** Logit effects of those tokens, in their order. */
  promoted_effect: list(float),
  suppressed_effect: list(float),
  activating: list(int),
} as const;

export type FeatureIndexRow = RowColumns<typeof featureIndexColumns>;
