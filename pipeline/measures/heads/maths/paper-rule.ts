import {
  comparedOnce,
  effectiveRoles,
  type FeatureRole,
  type RoleAspect,
  roleAspects,
  roleSimilarity,
  type Similarities,
} from './head-roles.ts';
import { roleThresholds, type Verdict } from './polysemanticity.ts';

/** How many features of greatest head weight the paper's rule takes, and the numbers that it is tried with instead. */
export const leadingFeatures = { fewer: 5, judged: 10, more: 20 } as const;

export interface PaperRule {
  readonly verdict: Verdict;
  /** Effective roles of the features judged, of the first five and of the first twenty. */
  readonly roles: number;
  readonly rolesOf5: number;
  readonly rolesOf20: number;
  readonly rolesBy: Readonly<Record<RoleAspect, number>>;
  readonly features: number;
  readonly knownFeatures: number;
  /** Features judged by family, most first. */
  readonly families: readonly (readonly [family: string, features: number])[];
}

/**
 * The paper's rule: a head by the effective roles of its ten features of greatest head weight, those with no more than an
 * even share of their decoder on it left out. At least one of the answers for five and for twenty must agree.
 * Source: Kissane et al. 2024, arXiv:2406.17759, section 4.2, where people look at the same ten features.
 */
export function paperRule(leading: readonly FeatureRole[], nHeads: number): PaperRule {
  const own = leading.filter(({ weight }) => nHeads === 1 || weight > 1 / nHeads);
  const judged = own.slice(0, leadingFeatures.judged);
  const by = comparedOnce();
  const rolesOf = (features: readonly FeatureRole[]) => effectiveRoles(features, roleSimilarity(by));
  const roles = rolesOf(judged);
  const rolesOf5 = rolesOf(own.slice(0, leadingFeatures.fewer));
  const rolesOf20 = rolesOf(own.slice(0, leadingFeatures.more));
  const known = judged.filter(({ family }) => family !== null && family !== 'unclear').length;
  const isKnown = known >= roleThresholds.knownFeatures;
  return {
    verdict: isKnown ? verdictOf(roles, rolesOf5, rolesOf20) : 'too little evidence',
    ...{ roles, rolesOf5, rolesOf20, features: judged.length, knownFeatures: known },
    rolesBy: rolesByAspect(judged, by),
    families: familiesOf(judged),
  };
}

function verdictOf(roles: number, fewer: number, more: number): Verdict {
  const isOne = (count: number) => count <= roleThresholds.roles;
  if (isOne(fewer) !== isOne(roles) && isOne(more) !== isOne(roles)) return 'too little evidence';
  return isOne(roles) ? 'monosemantic candidate' : 'polysemantic';
}

function rolesByAspect(judged: readonly FeatureRole[], by: Similarities): Record<RoleAspect, number> {
  const [family, reading, logits, activation] = roleAspects.map((aspect) => effectiveRoles(judged, by[aspect]));
  return {
    family: family,
    reading: reading,
    'logit effect': logits,
    activation: activation,
  };
}

function familiesOf(judged: readonly FeatureRole[]): [family: string, features: number][] {
  const counts = Map.groupBy(judged, ({ family }) => family ?? 'unclear');
  const features = [...counts].map(([family, own]): [string, number] => [family, own.length]);
  return features.sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
}
