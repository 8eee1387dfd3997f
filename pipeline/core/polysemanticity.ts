import { effectiveRoles, type FeatureRole, roleAspects, similarities } from './head-roles.ts';

export const verdicts = ['monosemantic candidate', 'polysemantic', 'too little evidence'] as const;
export type Verdict = (typeof verdicts)[number];

/** How many leading features a head is judged by, and the numbers that the judgement is tried with instead. */
export const leadingFeatures = { fewer: 5, judged: 10, more: 20 } as const;

export const roleThresholds = {
  /** A monosemantic candidate's features form at most so many roles: of ten alike in what they are for, 1.2; with one that stands apart 1.4, with two 1.6. */
  roles: 1.5,
  /** Of fewer leading features of a known family nothing is said. */
  knownFeatures: 5,
} as const;

export interface HeadJudgement {
  readonly verdict: Verdict;
  readonly scores: ReadonlyMap<string, number>;
  /** Share of the features judged by family. */
  readonly familyMix: ReadonlyMap<string, number>;
}

/**
 * Judges a head by the effective number of roles of its ten features of greatest head weight, those with no more than
 * an even share of their decoder on it left out. At least one of the answers for five and for twenty must agree.
 * Source: Kissane et al. 2024, arXiv:2406.17759, section 4.2, where people judge the same ten features.
 */
export function judgeHead(leading: readonly FeatureRole[], nHeads: number): HeadJudgement {
  const own = leading.filter(({ weight }) => nHeads === 1 || weight > 1 / nHeads);
  const judged = own.slice(0, leadingFeatures.judged);
  const roles = effectiveRoles(judged);
  const fewer = effectiveRoles(own.slice(0, leadingFeatures.fewer));
  const more = effectiveRoles(own.slice(0, leadingFeatures.more));
  const known = judged.filter(({ family }) => family !== null && family !== 'unclear').length;
  const scores = new Map([
    ['roles', roles],
    ['roles of 5', fewer],
    ['roles of 20', more],
    ...roleAspects.map((aspect): [string, number] => [
      `roles by ${aspect}`,
      effectiveRoles(judged, similarities[aspect]),
    ]),
    ['features judged', judged.length],
    ['features of a known family', known],
  ]);
  const verdict = known < roleThresholds.knownFeatures ? 'too little evidence' : verdictOf(roles, fewer, more);
  return { verdict, scores, familyMix: mixOf(judged) };
}

function verdictOf(roles: number, fewer: number, more: number): Verdict {
  const isOne = (count: number) => count <= roleThresholds.roles;
  if (isOne(fewer) !== isOne(roles) && isOne(more) !== isOne(roles)) return 'too little evidence';
  return isOne(roles) ? 'monosemantic candidate' : 'polysemantic';
}

function mixOf(roles: readonly FeatureRole[]): ReadonlyMap<string, number> {
  const counts = Map.groupBy(roles, ({ family }) => family ?? 'unclear');
  const shares = [...counts].map(([family, own]): [string, number] => [family, own.length / roles.length]);
  return new Map(shares.sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)));
}
