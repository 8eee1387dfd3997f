import { type Confidence, familyConfidence } from '../../families/maths/family-confidence.ts';
import type { JudgedFeature } from './planted/judge.ts';
import type { NewFamiliesConfidenceRow } from './table.ts';

/** Planted features that were given a family other than "unclear", by the calibration that the confidence in it rests on. */
export function confidenceRows(features: readonly JudgedFeature[]): NewFamiliesConfidenceRow[] {
  const called = features.flatMap(({ truth, called, score }) => {
    const confidence = truth !== null && called !== null ? familyConfidence(called, score) : undefined;
    return confidence ? [{ confidence, isRight: truth === called }] : [];
  });
  return [...Map.groupBy(called, ({ confidence }) => confidence)]
    .sort(([a], [b]) => inOrder(a, b))
    .map(([{ family, least, share }, own]) => ({
      ...{ family, least, confidence: share, features: own.length },
      right: own.filter(({ isRight }) => isRight).length,
    }));
}

const inOrder = (a: Confidence, b: Confidence) =>
  (a.family < b.family ? -1 : Number(a.family > b.family)) || a.least - b.least;
