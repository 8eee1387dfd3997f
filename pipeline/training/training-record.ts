import { join } from 'node:path';
import { writeJsonAtomic } from '../disk/replace-file.ts';
import { type CurvePoint, curveFileName } from '../measures/studies/training/curve-file.ts';

/** Writes the curve of a model's training into its folder, a point an object, its fields the columns of a table. */
export async function writeTrainingRecord(dir: string, curve: readonly CurvePoint[]): Promise<void> {
  await writeJsonAtomic(join(dir, curveFileName), { curve });
}
