import type { RunConfig } from '../../config.ts';
import type { StudyName } from '../../core/studies/catalogue.ts';
import type { RunInputs } from '../inputs.ts';
import { ImpossibleStudy, recordImpossible, runStudy, type StudyPlace } from './run-study.ts';
import type { StudyJob } from './study.ts';

/** What of a run its studies need. */
export interface StudiesJob extends StudyJob {
  readonly settings: Pick<RunConfig, 'out'>;
  readonly modelName: string;
  readonly hashes: RunInputs['hashes'];
}

/** The studies of a run, one after another. */
export async function runStudies(names: readonly StudyName[], job: StudiesJob): Promise<void> {
  const place = { out: job.settings.out, modelName: job.modelName, modelSha256: job.hashes.model };
  for (const name of names) await runOrSayWhyNot(name, job, place);
}

/** A model that a study cannot be put to is no reason to lose the run: the record says why. */
async function runOrSayWhyNot(name: StudyName, job: StudyJob, place: StudyPlace): Promise<void> {
  try {
    await runStudy(name, job, place);
  } catch (error) {
    if (!(error instanceof ImpossibleStudy)) throw error;
    await recordImpossible(name, job, place, error.message);
  }
}
