import type { StudyName } from '../../../../pipeline/core/studies/catalogue.ts';
import type { RunReader } from '../../../../pipeline/store/reader.ts';
import type { StudyRecord } from '../../../../pipeline/store/study-record.ts';
import type { PageEnv } from '../../page-env.ts';
import { familiesPage } from './families.ts';
import { inductionPage } from './induction.ts';
import { ioiPage } from './ioi.ts';

/** What a study's page is made from. */
export interface StudySource {
  readonly record: StudyRecord;
  readonly reader: RunReader;
  readonly env: PageEnv;
}

/** The part of each study's page that is its own: sections as HTML, from its tables. */
export const studySections: Readonly<Record<StudyName, (source: StudySource) => Promise<string>>> = {
  induction: inductionPage,
  ioi: ioiPage,
  families: familiesPage,
};
