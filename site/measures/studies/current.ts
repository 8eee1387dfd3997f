import {
  catalogue,
  type StudyEntry,
  type StudyName,
  studyNames,
} from '../../../pipeline/measures/studies/catalogue.ts';
import type { StudyRecord } from '../../../pipeline/measures/studies/study-record.ts';
import { currentData } from '../../build/current.ts';
import type { RenderedPage } from '../../page-kit/rendered-page.ts';
import { sectionsOf } from './pages.ts';
import { studyPage } from './study-page.ts';

export interface ListedStudy extends StudyEntry {
  readonly name: StudyName;
  /** Nothing where it was not run. */
  readonly record: StudyRecord | undefined;
}

/** Every study, run or not. */
export async function currentStudies(): Promise<ListedStudy[]> {
  const { reader } = await currentData();
  return Promise.all(studyNames.map(async (name) => ({ name, ...catalogue[name], record: await reader.study(name) })));
}

/** The pages of those that were run. */
export async function currentStudyPages(): Promise<{ params: { study: StudyName }; props: { page: RenderedPage } }[]> {
  const { reader, env } = await currentData();
  const pages = [];
  for (const study of await currentStudies()) {
    if (!study.record) continue;
    const sections = await sectionsOf(study.name, { record: study.record, reader, env });
    pages.push({ params: { study: study.name }, props: { page: studyPage(study, study.record, sections, env) } });
  }
  return pages;
}
