import { bigint, double, float, int, nullable, type RowColumns, text } from '../../store/column-types.ts';
import { familyScore } from './maths/family-scores.ts';

/** The features of an SAE that are of one family: a row of selectFamilyMix. */
export const familyMixColumns = {
  layer: int,
  sae: text,
  family: text,
  features: bigint,
  /** Null of "unclear". */
  mean_confidence: nullable(double),
  /** Mean share of the examples that show the family; null where none was looked at for it. */
  mean_support: nullable(double),
  /** Mean share of random active tokens that show the family; null where none was drawn. */
  mean_share_random: nullable(double),
} as const;
export type FamilyMixRow = RowColumns<typeof familyMixColumns>;

/** A feature that is as surely of its family as any: a row of selectFamilyExemplars. */
export const familyExemplarColumns = {
  family: text,
  layer: int,
  sae: text,
  feature: int,
  /** Null where too few of its examples were looked at to tell. */
  confidence: nullable(double),
  score: double,
  max_activation: float,
  /** Random active tokens that were tried for the family, and those that show it; null where none were. */
  checked: nullable(int),
  shown: nullable(int),
} as const;
export type FamilyExemplarRow = RowColumns<typeof familyExemplarColumns>;

/** The score of a feature's own family. */
const score = `CASE family ${Object.entries(familyScore)
  .map(([family, name]) => `WHEN '${family}' THEN family_scores.${name}`)
  .join(' ')} ELSE 0 END`;
const support = `family_support."shown" / family_support."of"`;

/** Features by SAE and family, dead ones left out; an SAE’s families by their number. */
export const selectFamilyMix = `
  SELECT layer, sae, family, count(*) AS features, avg(family_confidence) AS mean_confidence,
    avg(${support}) AS mean_support, avg(family_share_random) AS mean_share_random
  FROM features LEFT JOIN (SELECT sae, feature, family_share_random FROM family_checks) USING (sae, feature)
  WHERE family IS NOT NULL GROUP BY layer, sae, family
  ORDER BY layer, sae, features DESC, family`;

/**
 * The features of each family of greatest confidence, those without one last, then shown by most of their examples, then of
 * greatest score.
 */
export function selectFamilyExemplars(perFamily: number): string {
  const best = `confidence DESC NULLS LAST, coalesce(${support}, 0) DESC, score DESC, layer, sae, feature`;
  return `
    SELECT family, layer, sae, feature, family_confidence AS confidence, ${score} AS score,
      max_activation, checked, shown
    FROM features LEFT JOIN (SELECT sae, feature, family, tokens AS checked, shown FROM family_checks)
      USING (sae, feature, family)
    WHERE family IS NOT NULL AND family <> 'unclear'
    QUALIFY row_number() OVER (PARTITION BY family ORDER BY ${best}) <= ${perFamily}
    ORDER BY family, ${best}`;
}
