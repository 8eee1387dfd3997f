import { familiesConfidence, familiesConfusion } from '../../../../pipeline/measures/studies/families/table.ts';
import { readNames } from '../../../build/feature-names.ts';
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
  const nameOf = await readNames(reader, exemplars);
  return html`${runSections(mix, exemplars, { ...env, nameOf })}${validationSections(confusion, confidence)}`;
}
