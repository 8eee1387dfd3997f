import type { StudyRecord } from '../../../pipeline/measures/studies/study-record.ts';
import type { RunReader } from '../../../pipeline/tables/reader.ts';
import type { PageEnv } from '../../page-kit/page-env.ts';

/** What a study's page is made from. */
export interface StudySource {
  readonly record: StudyRecord;
  readonly reader: RunReader;
  readonly env: PageEnv;
}
