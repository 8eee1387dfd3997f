import { familiesConfidence, familiesConfusion } from '../../../../pipeline/measures/studies/families/table.ts';
import { type Html, html } from '../../../page-kit/html.ts';
import type { StudySource } from '../source.ts';
import { runSections } from './run-sections.ts';
import { validationSections } from './validation.ts';

const exemplarsEach = 8;

/** The study of families. */
export async function familiesPage({ reader, env }: StudySource): Promise<Html> {
  const [confusion, confidence, mix, exemplars] = await Promise.all([
    reader.studyRows(familiesConfusion),
    reader.studyRows(familiesConfidence),
    reader.familyMix(),
    reader.familyExemplars(exemplarsEach),
  ]);
  return html`${runSections(mix, exemplars, env)}${validationSections(confusion, confidence)}`;
}
