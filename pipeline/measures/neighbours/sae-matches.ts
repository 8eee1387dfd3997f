import { float, int, list, type RowColumns, struct, text } from '../../store/column-types.ts';

/** Cosines from which two features count as much the same, and as similar. */
export const matchCosines = { same: 0.9, similar: 0.7 } as const;

/** How the features of an SAE are matched in another of its layer: a row of selectSaeMatches. */
export const saeMatchColumns = {
  layer: int,
  sae: text,
  other_sae: text,
  /** Features of `sae` with one of `other_sae` among their nearest that are listed. */
  listed: int,
  /** Of these, by the cosine of what they write, the best of each. */
  same: int,
  similar: int,
  closest: list(struct({ feature: int, other_feature: int, value: float })),
} as const;
export type SaeMatchRow = RowColumns<typeof saeMatchColumns>;

const pairsShown = 10;

/** By decoder alone, across two SAEs of one layer; ties to the lower number. Empty where no layer has two. */
export const selectSaeMatches = `
  WITH best AS (
    SELECT layer, sae, other_sae, feature, first(other_feature ORDER BY value DESC, other_feature) AS other_feature,
      max(value) AS value
    FROM neighbours WHERE kind = 'decoder' AND other_layer = layer AND other_sae <> sae
    GROUP BY layer, sae, other_sae, feature
  )
  SELECT layer, sae, other_sae, count(*)::INTEGER AS listed,
    (count(*) FILTER (value >= ${matchCosines.same}))::INTEGER AS same,
    (count(*) FILTER (value >= ${matchCosines.similar}))::INTEGER AS similar,
    list(struct_pack(feature, other_feature, value) ORDER BY value DESC, feature)[1:${pairsShown}] AS closest
  FROM best GROUP BY layer, sae, other_sae ORDER BY layer, sae, other_sae`;
