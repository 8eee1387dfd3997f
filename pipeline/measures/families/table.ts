import { bigint, double, float, int, list, nullable, type RowOf, struct, text } from '../../store/column-types.ts';
import { optionalTable } from '../../store/table.ts';

const familyScores = struct({
  induction: double,
  duplicate_token: double,
  succession: double,
  copying: double,
  skip_gram: double,
  previous_token: double,
  current_token: double,
  bos: double,
  positional: double,
  local_context: nullable(double),
  high_level_context: nullable(double),
  activation_with_sources: nullable(double),
  logit_effect_on_source: double,
  proxy_specificity: nullable(double),
  proxy_specificity_upper_half: nullable(double),
  proxy_sensitivity: nullable(double),
});

/** The family of a feature and what it rests on: columns of `features`. */
export const familyColumns = {
  family: nullable(text),
  family_scores: nullable(familyScores),
  family_support: nullable(struct({ shown: int, of: int })),
  family_confidence: nullable(double),
  distinct_texts: nullable(int),
  context_curve: nullable(list(float)),
  reading_profile: nullable(list(float)),
  read_tokens: nullable(list(struct({ token_id: int, share: double }))),
  induction_proxy: nullable(struct({ token_id: int, held: list(bigint), missed: list(bigint), silent: bigint })),
};

/** Random active tokens of a feature, drawn from contexts spread over the run, and how many show its family. */
export const familyChecks = optionalTable(
  'family_checks',
  { layer: int, sae: text, feature: int, family: text, tokens: int, shown: int, family_share_random: double },
  { sortedBy: ['layer', 'sae', 'feature'] },
);

export type FamilyCheckRow = RowOf<typeof familyChecks>;
