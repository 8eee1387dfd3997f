import type { MeanWithInterval } from '../../../../numbers/mean-interval.ts';

export const inductionVerdicts = [
  'long-prefix induction',
  'short-prefix induction',
  'not induction',
  'too little evidence',
] as const;
type InductionVerdict = (typeof inductionVerdicts)[number];

/** Every threshold of the study. */
export const inductionThresholds = {
  /** An induction head's mean attention is at least this at the length of prefix where it is greatest; also a strong edge's. */
  attention: 0.3,
  /** A short-prefix head has this share of its greatest mean attention after a single token already. */
  share: 0.5,
  /** Of fewer sequences of a length, or fewer lengths, nothing is said. */
  examples: 50,
  lengths: 3,
  /** Of fewer replaced edges nothing is said. */
  edges: 12,
} as const;

/** Mean attention from the end of the second prefix to the token after the first, at one length of prefix. */
export interface AttentionPoint {
  readonly prefix: number;
  readonly attention: MeanWithInterval;
}

export interface JudgedCurve {
  readonly verdict: InductionVerdict;
  /** The length at which mean attention is greatest; nothing where no length was measured. */
  readonly greatest: AttentionPoint | undefined;
  /** The shortest prefix at which attention has the share of its greatest value; for induction heads only. */
  readonly halfPrefix: number | undefined;
}

/**
 * A head's kind from its attention curve. Let g be the greatest mean attention: no induction head if the interval of g
 * ends below 0.3; if it begins at 0.3 or above, short-prefix if the interval at one token begins at g/2 or above,
 * long-prefix if it ends below g/2. Wherever an interval holds the threshold, there is too little evidence.
 * Source of the distinction: Kissane et al. 2024, arXiv:2406.17759, section 4.3; the thresholds are our own.
 */
export function judgeInduction(curve: readonly AttentionPoint[]): JudgedCurve {
  const { attention, share, examples, lengths } = inductionThresholds;
  const points = curve.filter((point) => point.attention.count >= examples);
  const [first] = points;
  const greatest = points.reduce(
    (best, point) => (point.attention.mean > best.attention.mean ? point : best),
    points[0],
  );
  if (!first || !greatest || first.prefix !== 1 || points.length < lengths) {
    return { verdict: 'too little evidence', greatest, halfPrefix: undefined };
  }
  if (greatest.attention.high < attention) return { verdict: 'not induction', greatest, halfPrefix: undefined };
  if (greatest.attention.low < attention) return { verdict: 'too little evidence', greatest, halfPrefix: undefined };
  const half = share * greatest.attention.mean;
  const halfPrefix = points.find((point) => point.attention.mean >= half)?.prefix;
  if (first.attention.low >= half) return { verdict: 'short-prefix induction', greatest, halfPrefix };
  if (first.attention.high < half) return { verdict: 'long-prefix induction', greatest, halfPrefix };
  return { verdict: 'too little evidence', greatest, halfPrefix };
}

/** Attention on text before and after a replacement, over the same edges. */
export interface Replacement {
  /** The match cut to its last token. */
  readonly after: MeanWithInterval;
  /** The token before the match replaced instead. */
  readonly control: MeanWithInterval;
}

/** Whether a single matching token is enough on text as well; nothing where there are too few edges or an interval holds the half. */
export function oneTokenIsEnough({ after, control }: Replacement): boolean | undefined {
  if (after.count < inductionThresholds.edges) return undefined;
  const half = inductionThresholds.share * control.mean;
  if (after.low >= half) return true;
  return after.high < half ? false : undefined;
}
