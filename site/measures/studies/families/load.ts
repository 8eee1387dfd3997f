import { familiesConfidence, familiesConfusion } from '../../../../pipeline/store/studies/families.ts';
import { runSections } from '../../render/studies/families/run-sections.ts';
import { validationSections } from '../../render/studies/families/validation.ts';
import type { StudySource } from './pages.ts';

const exemplarsEach = 8;

/** The study of families. */
export async function familiesPage({ reader, env }: StudySource): Promise<string> {
  const [confusion, confidence, mix, exemplars] = await Promise.all([
    reader.studyRows(familiesConfusion),
    reader.studyRows(familiesConfidence),
    reader.familyMix(),
    reader.familyExemplars(exemplarsEach),
  ]);
  return runSections(mix, exemplars, env) + validationSections(confusion, confidence);
}
