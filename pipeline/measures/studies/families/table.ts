import { bigint, double, int, type NewRowOf, type RowOf, text } from '../../../store/column-types.ts';
import { optionalTable } from '../../../store/table.ts';

/** Planted features by how noisy their model is, what they are and what they were called; "dead" for those never active. */
export const familiesConfusion = optionalTable(
  'study_families_confusion',
  { level: int, noise: text, truth: text, called: text, features: bigint },
  { sortedBy: ['level', 'truth', 'called'] },
);

/**
 * Planted features that were given a family, by what the confidence in it rests on (the family, its score from `least`
 * on), and how many of them are of it. They are not those that confidence was calibrated on.
 */
export const familiesConfidence = optionalTable(
  'study_families_confidence',
  { family: text, least: double, confidence: double, features: bigint, right: bigint },
  { sortedBy: ['family', 'least'] },
);

export type FamiliesConfusionRow = RowOf<typeof familiesConfusion>;
export type NewFamiliesConfusionRow = NewRowOf<typeof familiesConfusion>;
export type FamiliesConfidenceRow = RowOf<typeof familiesConfidence>;
export type NewFamiliesConfidenceRow = NewRowOf<typeof familiesConfidence>;
