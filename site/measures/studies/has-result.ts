import { type StudyRecord, withoutResult } from '../../../pipeline/measures/studies/study-record.ts';

type Verdict = Pick<StudyRecord, 'verdict'>;

/** Whether a study found anything that its page could show. */
export const hasResult = ({ verdict }: Verdict): boolean =>
  !Object.values(withoutResult).some((beginning) => verdict.startsWith(`${beginning}:`));

/** Whether a budget had no room for it: run by itself it has none. */
export const wasOverBudget = ({ verdict }: Verdict): boolean => verdict.startsWith(`${withoutResult.budget}:`);
