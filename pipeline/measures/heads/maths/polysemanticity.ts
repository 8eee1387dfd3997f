import type { Family } from '../../families/maths/family-names.ts';
import { type AttentionConflict, type AttentionTo, attentionConflicts } from './attention-check.ts';
import { type HeadFeature, type WeightedFeature, weightedRoles } from './weighted-roles.ts';

const verdicts = ['monosemantic candidate', 'polysemantic', 'conflicting evidence', 'too little evidence'] as const;
export type Verdict = (typeof verdicts)[number];

export const roleThresholds = {
  /** A monosemantic candidate has at most so many roles: that many come of one role with four fifths, another with the rest. */
  roles: 1.5,
  /** Of fewer features of a known family nothing is said. */
  knownFeatures: 5,
} as const;

/** What is judged of a head. */
export interface RoleChoice {
  /** Features of greatest head weight that are judged; null for all with more than an even share on the head. */
  readonly features: number | null;
  /** Families that are less sure count as "unclear". */
  readonly leastConfidence: number;
}

export const judgedChoice: RoleChoice = { features: null, leastConfidence: 0 };

/** What a verdict is tried with, the choices made above among them. */
export const triedChoices = {
  features: [5, 10, 20, judgedChoice.features],
  thresholds: [1.2, roleThresholds.roles, 2, 3],
  leastConfidences: [judgedChoice.leastConfidence, 0.5, 0.8],
} as const;

/** What a head's features of one family come to. */
interface FamilyShare {
  readonly family: Family;
  /** Of the head's attribution. */
  readonly share: number;
  /** Its features, of greatest attribution first. */
  readonly features: readonly number[];
}

/** What a head's features say of it. */
export interface HeadEvidence {
  /** Effective roles if all features of unknown role had the leading one, and if each had one of its own. */
  readonly roles: { readonly low: number; readonly high: number };
  /** Largest share first. */
  readonly mix: readonly FamilyShare[];
  readonly features: number;
  readonly knownFeatures: number;
  /** Share of the attribution by features of a known family. */
  readonly knownShare: number;
  readonly conflicts: readonly AttentionConflict[];
}

/**
 * What a head does: roles of its features, each weighted by the share of its attribution that the head carries, beside the
 * head's attention. own: features with more than an even share on the head, by head weight, twins once.
 */
export function headEvidence(
  own: readonly HeadFeature[],
  attention: AttentionTo,
  choice: RoleChoice,
  chance?: AttentionTo,
): HeadEvidence {
  const judged = weighted(own.slice(0, choice.features ?? own.length), choice.leastConfidence);
  const mix = mixOf(judged);
  const known = judged.filter(({ role }) => role !== null);
  return {
    roles: rolesOf(judged, mix),
    mix,
    features: judged.length,
    knownFeatures: known.length,
    knownShare: known.reduce((sum, { share }) => sum + share, 0),
    conflicts: attentionConflicts(new Map(mix.map(({ family, share }) => [family, share])), attention, chance),
  };
}

/**
 * A candidate has few roles whatever its unclear features are for, and attends to what they read; a polysemantic head has
 * more roles, whatever the unclear ones are for.
 */
export function headVerdict(
  { roles, knownFeatures, conflicts }: HeadEvidence,
  threshold: number = roleThresholds.roles,
): Verdict {
  if (knownFeatures < roleThresholds.knownFeatures) return 'too little evidence';
  if (roles.low > threshold) return 'polysemantic';
  if (roles.high > threshold) return 'too little evidence';
  return conflicts.length > 0 ? 'conflicting evidence' : 'monosemantic candidate';
}

/** Features the head carries attribution of, with their shares of all of it. */
function weighted(own: readonly HeadFeature[], leastConfidence: number): WeightedFeature[] {
  const total = own.reduce((sum, { attribution }) => sum + attribution, 0);
  return own
    .filter(({ attribution }) => attribution > 0)
    .map((feature) => {
      const isKnown = feature.family !== 'unclear' && feature.confidence >= leastConfidence;
      return { ...feature, share: feature.attribution / total, role: isKnown ? feature.family : null };
    });
}

function rolesOf(judged: readonly WeightedFeature[], mix: readonly FamilyShare[]) {
  const leading = mix.find(({ family }) => family !== 'unclear')?.family ?? null;
  return {
    low: weightedRoles(judged.map((feature) => ({ ...feature, role: feature.role ?? leading }))),
    high: weightedRoles(judged),
  };
}

function mixOf(judged: readonly WeightedFeature[]): FamilyShare[] {
  const byFamily = Map.groupBy(judged, ({ role }): Family => role ?? 'unclear');
  const mix = [...byFamily].map(([family, own]) => ({
    family,
    share: own.reduce((sum, { share }) => sum + share, 0),
    features: own.toSorted((a, b) => b.share - a.share || a.feature - b.feature).map(({ feature }) => feature),
  }));
  return mix.sort((a, b) => b.share - a.share || (a.family < b.family ? -1 : 1));
}
