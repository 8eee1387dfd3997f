import { greatest } from '../../../pipeline/numbers/extremes.ts';
import { unitName } from '../logit/effects.svelte.ts';
import type { ActiveFeature } from '../passes/features-at.ts';
import type { ExplainedLogit } from '../protocol.ts';
import type { FeatureGroup } from './list-features.ts';

interface RankedFeature {
  readonly active: ActiveFeature;
  readonly value: number;
}

export interface Ranking {
  readonly features: readonly RankedFeature[];
  /** By magnitude. */
  readonly largest: number;
}

/** The features of all groups that have a score, by its magnitude. */
export function rankFeatures(groups: readonly FeatureGroup[], scores: ReadonlyMap<string, number>): Ranking {
  const scored = groups.flatMap(({ features }) =>
    features.flatMap((active) => {
      const value = scores.get(unitName(active));
      return value === undefined ? [] : [{ active, value }];
    }),
  );
  const features = scored.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value));
  return {
    features,
    largest: greatest(
      features.slice(0, 1).map(({ value }) => Math.abs(value)),
      Number.MIN_VALUE,
    ),
  };
}

/** Direct logit attributions of features, by L/F. */
export function logitScores({ terms }: Pick<ExplainedLogit, 'terms'>): ReadonlyMap<string, number> {
  return new Map(
    terms.flatMap(({ component: { kind, layer, feature }, attribution }) =>
      kind === 'feature' && layer !== null && feature !== null ? [[unitName({ layer, feature }), attribution]] : [],
    ),
  );
}
