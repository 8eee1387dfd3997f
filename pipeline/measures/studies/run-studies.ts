import type { RunConfig } from '../../commands/run.ts';
import type { RunInputs } from '../../record/inputs.ts';
import { fingerprintOf } from '../../record/start-run.ts';
import { catalogue, type StudyName } from './catalogue.ts';
import { ImpossibleStudy, recordImpossible, runStudy, type StudyPlace } from './run-study.ts';
import type { StudyJob } from './study.ts';
import { studyIdentity } from './study-identity.ts';
import { hasCurve } from './training/curve-file.ts';

interface StudiesJob {
  /** What every study is given. */
  readonly study: StudyJob;
  readonly settings: RunConfig;
  readonly inputs: RunInputs;
}

/** The studies of a run, one after another. */
export async function runStudies({ study, settings, inputs }: StudiesJob): Promise<void> {
  const run = fingerprintOf(settings, inputs);
  for (const name of settings.studies) {
    if (catalogue[name].needs.includes('curve') && !(await hasCurve(settings.model))) continue;
    const identity = studyIdentity({ ...settings, study: name }, inputs, run);
    await runOrSayWhyNot(name, study, { out: settings.out, identity });
  }
}

/** A study that cannot be run on the model must not cost the run: its record says why. */
async function runOrSayWhyNot(name: StudyName, job: StudyJob, place: StudyPlace): Promise<void> {
  try {
    await runStudy(name, job, place);
  } catch (error) {
    if (!(error instanceof ImpossibleStudy)) throw error;
    await recordImpossible(name, job, place, error.message);
  }
}
