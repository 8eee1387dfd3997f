import type { Engine } from '../../../engine/program.ts';
import { append } from '../../../numbers/append.ts';
import type { CalibrationCount } from '../../families/maths/calibration-count.ts';
import { countCalls } from '../../families/maths/family-confidence.ts';
import { type JudgedFeature, judgePlanted } from './planted/judge.ts';
import { plantedCases } from './planted-cases.ts';

/** Seeds of the made models that confidence is calibrated on; the study's own default seed is not among them. */
export const calibrationSeeds = [11, 12, 13] as const;

/** Top examples whose contexts are cut short: as many as a run cuts by default. */
export const plantedExamples = 3;

/** What the rules call the features of one seed's made models, counted. */
export async function calibrateSeed(seed: number, engine: Engine): Promise<CalibrationCount[]> {
  const calls: JudgedFeature[] = [];
  for (const { options } of plantedCases(seed)) append(calls, await judgePlanted(options, engine, plantedExamples));
  return countCalls(calls);
}
