import { bigint, double, float, int, list, type RowColumns, text } from './column-types.ts';

/** The features of a layer that are of one family: a row of selectFamilyMix. */
export const familyMixColumns = {
  layer: int,
  family: text,
  features: bigint,
  mean_confidence: double,
  /** Features by tenth of the confidence. */
  confidence: list(bigint),
} as const;
export type FamilyMixRow = RowColumns<typeof familyMixColumns>;

/** A feature that is surely of its family: a row of selectFamilyExemplars. */
export const familyExemplarColumns = {
  family: text,
  layer: int,
  feature: int,
  confidence: double,
  score: double,
  max_activation: float,
} as const;
export type FamilyExemplarRow = RowColumns<typeof familyExemplarColumns>;

const confidence = `coalesce(family_scores['confidence'], 0)`;
const tenth = (i: number) => `count(*) FILTER (least(9, floor(${confidence} * 10)) = ${i})`;

/** Features by layer and family, dead ones left out; a layer’s families by their number. */
export const selectFamilyMix = `
  SELECT layer, family, count(*) AS features, avg(${confidence}) AS mean_confidence,
    [${Array.from({ length: 10 }, (_, i) => tenth(i)).join(', ')}] AS confidence
  FROM features WHERE family IS NOT NULL GROUP BY layer, family
  ORDER BY layer, features DESC, family`;

/** The features of each family of greatest confidence, then of greatest score. */
export function selectFamilyExemplars(perFamily: number): string {
  const best = `confidence DESC, score DESC, layer, feature`;
  return `
    SELECT family, layer, feature, ${confidence} AS confidence, coalesce(family_scores[family], 0) AS score,
      max_activation
    FROM features WHERE family IS NOT NULL AND family <> 'unclear'
    QUALIFY row_number() OVER (PARTITION BY family ORDER BY ${best}) <= ${perFamily}
    ORDER BY family, ${best}`;
}
