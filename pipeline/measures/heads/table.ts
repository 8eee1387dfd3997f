import {
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

const headAttention = struct({
  induction_on_repeats: nullable(double),
  previous_token_on_repeats: nullable(double),
  duplicate_token_on_repeats: nullable(double),
  induction_on_text: nullable(double),
  previous_token_on_text: nullable(double),
  duplicate_token_on_text: nullable(double),
  current_token_on_text: nullable(double),
  bos_on_text: nullable(double),
  entropy_on_text: nullable(double),
  distance_on_text: nullable(double),
});

export const heads = table(
  'heads',
  {
    layer: int,
    sae: text,
    head: int,
    top_features: list(int),
    top_weights: list(float),
    family_mix: nullable(list(struct({ family: text, share: double, features: int, leading: list(int) }))),
    scores: nullable(
      struct({
        roles_low: double,
        roles_high: double,
        features: int,
        known_features: int,
        known_share: double,
        mean_head_weight: double,
        mean_attribution_share: double,
        weight_attribution_correlation: double,
      }),
    ),
    attention: nullable(headAttention),
    /** What a head would have that attends evenly to every source. */
    attention_by_chance: nullable(headAttention),
    conflicts: nullable(list(struct({ kind: text, family: text, place: text, attention: double, share: double }))),
    polysemanticity: nullable(text),
    paper_rule: nullable(
      struct({
        verdict: text,
        features: int,
        known_features: int,
        roles: double,
        roles_of_5: double,
        roles_of_20: double,
        roles_by_family: double,
        roles_by_reading: double,
        roles_by_logit_effect: double,
        roles_by_activation: double,
        family_mix: list(struct({ family: text, features: int })),
      }),
    ),
  },
  { sortedBy: ['layer', 'sae', 'head'] },
);

/** Each head's verdict by every choice of features (null: all with more than an even share), confidence and threshold. */
export const headVerdicts = optionalTable(
  'head_verdicts',
  {
    layer: int,
    sae: text,
    head: int,
    features: nullable(int),
    least_confidence: double,
    threshold: double,
    roles_low: double,
    roles_high: double,
    verdict: text,
  },
  { sortedBy: ['layer', 'sae', 'head', 'least_confidence', 'threshold', 'features'] },
);

export type HeadRow = RowOf<typeof heads>;
export type NewHeadRow = NewRowOf<typeof heads>;
export type HeadVerdictRow = RowOf<typeof headVerdicts>;
export type NewHeadVerdictRow = NewRowOf<typeof headVerdicts>;
