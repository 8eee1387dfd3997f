import type { NewRowOf, RowOf } from '../column-types.ts';
import { bigint, int, text } from '../column-types.ts';
import { optionalTable } from '../schema.ts';

/** Planted features by how noisy their model is, what they are and what they were called; "dead" for those never active. */
export const familiesConfusion = optionalTable(
  'study_families_confusion',
  { level: int, noise: text, truth: text, called: text, features: bigint },
  { sortedBy: ['level', 'truth', 'called'] },
);

/** Planted features that were given a family, by tenth of the confidence in it, and how many of them are of it. */
export const familiesConfidence = optionalTable(
  'study_families_confidence',
  { tenth: int, features: bigint, right: bigint },
  { sortedBy: ['tenth'] },
);

export type FamiliesConfusionRow = RowOf<typeof familiesConfusion>;
export type NewFamiliesConfusionRow = NewRowOf<typeof familiesConfusion>;
export type FamiliesConfidenceRow = RowOf<typeof familiesConfidence>;
export type NewFamiliesConfidenceRow = NewRowOf<typeof familiesConfidence>;
