import type { ComparedFeatureRow } from '../../../pipeline/measures/comparison/table.ts';
import { matchCosines } from '../../../pipeline/measures/neighbours/sae-matches.ts';

/** How much denser one of two features has to be for the pair to count as unlike. */
export const DENSITY_FACTOR = 2;
/** On how many tokens the denser one has to be active: one or two are no more than chance. */
export const LEAST_TOKENS = 10;

type Match = Pick<
  ComparedFeatureRow,
  | 'nearest_of'
  | 'feature'
  | 'other_feature'
  | 'cosine'
  | 'is_mutual'
  | 'family'
  | 'other_family'
  | 'density'
  | 'other_density'
>;

/** How well the live features of one side are matched on the other. */
export interface MatchedSide {
  readonly alive: number;
  readonly same: number;
  readonly similar: number;
}

/** Of an SAE's rows, those of one side counted: `own` features, or the `other` run's. */
export function matchedSide(rows: readonly Match[], nearestOf: 'own' | 'other'): MatchedSide {
  const own = rows.filter(({ nearest_of }) => nearest_of === nearestOf);
  const over = (cosine: number) => own.filter((row) => row.cosine >= cosine).length;
  return { alive: own.length, same: over(matchCosines.same), similar: over(matchCosines.similar) };
}

/** Pairs that are each other's nearest and at least similar, the nearest first. */
export function pairsOf<R extends Match>(rows: readonly R[]): R[] {
  return rows
    .filter((row) => row.nearest_of === 'own' && row.is_mutual && row.cosine >= matchCosines.similar)
    .toSorted((a, b) => b.cosine - a.cosine || a.feature - b.feature);
}

/** Pairs called of two families, by those, the most common first. */
export function familyChanges(pairs: readonly Match[]): { from: string; to: string; pairs: number }[] {
  const changed = pairs.flatMap(({ family, other_family: other }) =>
    family !== null && other !== null && family !== other ? [{ from: family, to: other }] : [],
  );
  return [...Map.groupBy(changed, ({ from, to }) => `${from}\n${to}`).values()]
    .map((own) => ({ ...own[0], pairs: own.length }))
    .toSorted((a, b) => b.pairs - a.pairs || (a.from < b.from ? -1 : Number(a.from > b.from)));
}

/** Tokens that either run read: those that densities are shares of. */
export interface TokensRead {
  readonly own: number;
  readonly other: number;
}

/** On how many tokens the features of a pair are active, each in its run. */
export const activeTokens = ({ density, other_density }: Match, { own, other }: TokensRead) => ({
  own: Math.round(density * own),
  other: Math.round(other_density * other),
});

/** Pairs of which one is so much denser than the other, if active on enough tokens to tell; the furthest apart first. */
export function densityChanges<R extends Match>(pairs: readonly R[], tokens: TokensRead): R[] {
  const isCounted = (pair: Match) => {
    const { own, other } = activeTokens(pair, tokens);
    return Math.max(own, other) >= LEAST_TOKENS;
  };
  const apart = ({ density, other_density }: Match) => Math.abs(Math.log(density / other_density));
  return pairs
    .filter((pair) => apart(pair) >= Math.log(DENSITY_FACTOR) && isCounted(pair))
    .toSorted((a, b) => apart(b) - apart(a) || a.feature - b.feature);
}

/** Live features of one side without a similar one on the other, the densest first. */
export function unmatched<R extends Match>(rows: readonly R[], nearestOf: 'own' | 'other'): R[] {
  const densityOf = (row: Match) => (nearestOf === 'own' ? row.density : row.other_density);
  return rows
    .filter((row) => row.nearest_of === nearestOf && row.cosine < matchCosines.similar)
    .toSorted((a, b) => densityOf(b) - densityOf(a));
}
