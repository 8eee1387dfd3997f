import { trainingCurve } from '../../../../pipeline/measures/studies/training/table.ts';
import type { Html } from '../../../page-kit/html.ts';
import type { StudySource } from '../source.ts';
import { trainingSections } from './sections.ts';

/** How the model came to copy. */
export async function trainingPage({ reader, env }: StudySource): Promise<Html> {
  return trainingSections(await reader.studyRows(trainingCurve), env);
}
