import type { StudyName } from '../../../pipeline/measures/studies/catalogue.ts';
import { type Html, nothing } from '../../page-kit/html.ts';
import { familiesPage } from './families/load.ts';
import { hasResult } from './has-result.ts';
import { inductionPage } from './induction/load.ts';
import { ioiPage } from './ioi/load.ts';
import type { StudySource } from './source.ts';
import { trainingPage } from './training/load.ts';

/** The part of a study's page that is its own: sections as HTML, from its tables; nothing where it found nothing. */
export async function sectionsOf(name: StudyName, source: StudySource): Promise<Html> {
  return hasResult(source.record) ? studySections[name](source) : nothing;
}

const studySections: Readonly<Record<StudyName, (source: StudySource) => Promise<Html>>> = {
  induction: inductionPage,
  ioi: ioiPage,
  families: familiesPage,
  training: trainingPage,
};
