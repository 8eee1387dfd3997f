import { type Interval, wilsonInterval } from '../../../numbers/wilson.ts';
import type { CalibrationCount } from './calibration-count.ts';
import type { FamilyVerdict } from './families.ts';
import { calibrationCounts } from './family-calibration.ts';
import type { Family } from './family-names.ts';
import { scoreOf } from './family-scores.ts';
import { thresholds } from './family-thresholds.ts';

/** How far a family can be believed: what became of made features that were called the same on as much evidence. */
export interface Confidence extends CalibrationCount {
  /** (right + 1)/(features + 2), the mean of the posterior under a uniform prior: no number of made features gives 1. */
  readonly share: number;
  readonly interval: Interval;
}

/** Lower ends of the levels of strength: what the score of the family that a feature is called is. */
export const strengthLevels = [0, 0.6, 0.7, 0.8, 0.9] as const;
/** Levels of a family are taken together until so many made features are at hand. */
const leastFeatures = 30;

/** Calls to made features, counted by family and level of strength, both in order; "unclear" is no call. */
export function countCalls(
  calls: readonly { readonly truth: Family | null; readonly called: Family | null; readonly score: number }[],
): CalibrationCount[] {
  const counted = calls.flatMap(({ truth, called, score }) =>
    truth === null || called === null || called === 'unclear'
      ? []
      : [{ family: called, least: levelOf(score), features: 1, right: Number(truth === called) }],
  );
  return sumCounts(counted);
}

const levelOf = (score: number): number => strengthLevels.findLast((least) => score >= least) ?? 0;

/** Counts of the same family and level added up, sorted. */
function sumCounts(counts: readonly CalibrationCount[]): CalibrationCount[] {
  const groups = [...Map.groupBy(counts, ({ family, least }) => `${family}/${least}`).values()];
  return groups
    .flatMap(([first, ...others]) => (first ? [others.reduce(together, first)] : []))
    .sort((a, b) => (a.family < b.family ? -1 : Number(a.family > b.family)) || a.least - b.least);
}

/** Two levels as one, from the lower on. */
const together = (a: CalibrationCount, b: CalibrationCount): CalibrationCount => ({
  family: a.family,
  least: Math.min(a.least, b.least),
  features: a.features + b.features,
  right: a.right + b.right,
});

/** Levels taken together from the weakest up until each holds enough; what is left over goes with the strongest. */
export function confidences(counts: readonly CalibrationCount[]): Confidence[] {
  const byFamily = Map.groupBy(sumCounts(counts), ({ family }) => family);
  return [...byFamily.values()].flatMap((own) => merged(own).map(confidenceOf));
}

function merged(levels: readonly CalibrationCount[]): CalibrationCount[] {
  const full: CalibrationCount[] = [];
  let pending: CalibrationCount | undefined;
  for (const level of levels) {
    pending = pending ? together(pending, level) : level;
    if (pending.features < leastFeatures) continue;
    full.push(pending);
    pending = undefined;
  }
  const last = full.pop();
  if (!pending) return last ? [...full, last] : full;
  return [...full, last ? together(last, pending) : pending];
}

const confidenceOf = (count: CalibrationCount): Confidence => ({
  ...count,
  share: (count.right + 1) / (count.features + 2),
  interval: wilsonInterval(count.right, count.features),
});

const calibrated = confidences(calibrationCounts);

/**
 * The confidence in a family by its score, calibrated on made models whose families are known (`npm run calibrate`).
 * Undefined for "unclear", of which nothing is claimed.
 */
export function familyConfidence(family: Family, score: number): Confidence | undefined {
  const own = calibrated.filter((cell) => cell.family === family);
  return own.findLast(({ least }) => score >= least) ?? own[0];
}

/**
 * The confidence in a verdict; undefined where fewer texts were looked at than in the calibration: a budget of forward
 * tokens may leave a single one whose context was cut short.
 */
export function verdictConfidence({ family, scores, support }: Omit<FamilyVerdict, 'token'>): number | undefined {
  if (support && support.of < thresholds.examples) return undefined;
  return familyConfidence(family, scoreOf(scores, family))?.share;
}
