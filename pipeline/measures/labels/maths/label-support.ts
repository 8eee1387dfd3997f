/** What a guess between two equally common answers gets, by the score's kind; a kind not here has no known chance. */
const chance: Readonly<Record<string, number | undefined>> = { detection: 0.5, fuzzing: 0.5 };

interface Scored {
  readonly score: number | null;
  readonly score_low: number | null;
  readonly score_high: number | null;
  readonly score_kind: string | null;
}

/** How far a label's score supports it: whether the score's interval lies above chance, holds it, or lies below it. */
export type Support = 'above chance' | 'chance' | 'below chance' | 'unknown';

/** The interval decides; a score that came without one is unknown unless it is at most chance. */
export function labelSupport({ score, score_low, score_high, score_kind }: Scored): Support {
  const level = score_kind === null ? undefined : chance[score_kind];
  if (score === null || level === undefined) return 'unknown';
  if (score_low === null || score_high === null) return score <= level ? 'chance' : 'unknown';
  if (score_high < level) return 'below chance';
  return score_low > level ? 'above chance' : 'chance';
}

const order: Readonly<Record<Support, number>> = { 'above chance': 0, unknown: 1, chance: 2, 'below chance': 3 };

/** The better supported label first: by support, then by score, one without a score last; ties stay in order. */
export function bySupport(a: Scored, b: Scored): number {
  return order[labelSupport(a)] - order[labelSupport(b)] || (b.score ?? -Infinity) - (a.score ?? -Infinity) || 0;
}
