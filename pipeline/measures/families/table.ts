import { bigint, double, float, int, list, map, nullable, type RowOf, struct, text } from '../../store/column-types.ts';
import { optionalTable } from '../../store/table.ts';

/** The family of a feature and what it rests on: columns of `features`. */
export const familyColumns = {
  family: nullable(text),
  family_scores: nullable(map(double)),
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
  { layer: int, feature: int, family: text, tokens: int, shown: int, family_share_random: double },
  { sortedBy: ['layer', 'feature'] },
);

export type FamilyCheckRow = RowOf<typeof familyChecks>;
