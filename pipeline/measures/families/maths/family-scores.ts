import type { Family } from './family-names.ts';

/** The evidence for every family, and what else was measured; null where a run of these contexts cannot tell. */
export interface FamilyScores {
  readonly induction: number;
  readonly duplicate_token: number;
  readonly succession: number;
  readonly copying: number;
  readonly skip_gram: number;
  readonly previous_token: number;
  readonly current_token: number;
  readonly bos: number;
  readonly positional: number;
  /** The share of the activation that is left with the last 8 tokens. */
  readonly local_context: number | null;
  /** The share of the activation that is lost with the last 16 tokens alone. */
  readonly high_level_context: number | null;
  /** The share of the activation that is there once its sources are in the context. */
  readonly activation_with_sources: number | null;
  /** Mean relative logit effect on the tokens of the induction sources. */
  readonly logit_effect_on_source: number;
  readonly proxy_specificity: number | null;
  /** The same over activations above half of the maximum. */
  readonly proxy_specificity_upper_half: number | null;
  readonly proxy_sensitivity: number | null;
}

export type FamilyScore = keyof FamilyScores;

/** The score of each family; "unclear" has none. */
export const familyScore = {
  induction: 'induction',
  'duplicate token': 'duplicate_token',
  succession: 'succession',
  copying: 'copying',
  'skip-gram': 'skip_gram',
  'previous token': 'previous_token',
  'current token': 'current_token',
  BOS: 'bos',
  positional: 'positional',
  'local context': 'local_context',
  'high-level context': 'high_level_context',
} as const satisfies Readonly<Record<Exclude<Family, 'unclear'>, FamilyScore>>;

/** What a feature scores as a family: 0 of "unclear", and where nothing was measured. */
export function scoreOf(scores: FamilyScores, family: Family): number {
  return (family === 'unclear' ? null : scores[familyScore[family]]) ?? 0;
}
