import type { NewFamiliesConfidenceRow } from '../../../store/studies/families.ts';
import type { JudgedFeature } from './planted/judge.ts';

/** Planted features that were given a family other than "unclear", by tenth of the confidence in it. */
export function confidenceRows(features: readonly JudgedFeature[]): NewFamiliesConfidenceRow[] {
  const judged = features.filter(({ truth, called }) => truth !== null && called !== null && called !== 'unclear');
  const tenths = Map.groupBy(judged, ({ confidence }) => Math.min(9, Math.floor(confidence * 10)));
  return [...tenths]
    .sort(([a], [b]) => a - b)
    .map(([tenth, own]) => ({
      tenth,
      features: own.length,
      right: own.filter(({ truth, called }) => truth === called).length,
    }));
}
