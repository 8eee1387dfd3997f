import { trainingCurve } from '../../../../pipeline/measures/studies/training/table.ts';
import type { StudySource } from '../source.ts';
import { trainingSections } from './sections.ts';

/** How the model came to copy. */
export async function trainingPage({ reader, env }: StudySource): Promise<string> {
  return trainingSections(await reader.studyRows(trainingCurve), env);
}
