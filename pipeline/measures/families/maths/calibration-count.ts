import type { Family } from './family-names.ts';

/** Features of made models with a score of a family from `least` on, up to the next level, that were called of it. */
export interface CalibrationCount {
  readonly family: Family;
  readonly least: number;
  readonly features: number;
  /** How many of them are of the family. */
  readonly right: number;
}
