import type { StudyName } from '../../../pipeline/measures/studies/catalogue.ts';
import type { Html } from '../../page-kit/html.ts';
import { familiesPage } from './families/load.ts';
import { inductionPage } from './induction/load.ts';
import { ioiPage } from './ioi/load.ts';
import type { StudySource } from './source.ts';
import { trainingPage } from './training/load.ts';

/** The part of each study's page that is its own: sections as HTML, from its tables. */
export const studySections: Readonly<Record<StudyName, (source: StudySource) => Promise<Html>>> = {
  induction: inductionPage,
  ioi: ioiPage,
  families: familiesPage,
  training: trainingPage,
};
