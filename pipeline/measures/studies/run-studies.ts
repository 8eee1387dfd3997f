import type { RunConfig } from '../../commands/run.ts';
import { runsModel } from '../../record/budget.ts';
import type { RunInputs } from '../../record/inputs.ts';
import { fingerprintOf } from '../../record/start-run.ts';
import type { MeasurePart, StoredParts } from '../../record/stored-parts.ts';
import { catalogue, type StudyName } from './catalogue.ts';
import {
  type ComputedStudy,
  computeAhead,
  computeStudy,
  ImpossibleStudy,
  impossibleStudy,
  keepStudy,
  type StudyIdentity,
} from './run-study.ts';
import type { StudyTask } from './study.ts';
import { studyIdentity } from './study-identity.ts';
import { hasCurve } from './training/curve-file.ts';

/** Forward tokens of a run's studies. */
export interface StudiesCost {
  readonly tokens: number;
}

interface StudiesJob {
  /** What every study is given. */
  readonly study: StudyTask;
  readonly settings: RunConfig;
  readonly inputs: RunInputs;
}

/** The studies of a run, one after another; what those cost that run its model. */
export async function runStudies({
  parts,
  ...job
}: StudiesJob & { readonly parts: StoredParts }): Promise<StudiesCost> {
  const { settings, study } = job;
  let tokens = 0;
  for (const { name, compute } of await wholeStudies(job)) {
    await parts.ready([aheadName(name)]);
    const computed = await parts.keep(wholeName(name), compute);
    if (runsModel(name)) tokens += computed.record.forwardTokens;
    await keepStudy(computed, settings.out, study.effects);
  }
  return { tokens };
}

/** A run's studies apart; of one that reads the run's tables, what it can do without them. */
export async function studyParts(job: StudiesJob): Promise<MeasurePart[]> {
  return (await wholeStudies(job)).map(({ name, identity, compute }) => {
    if (!catalogue[name].readsTables) return { name: wholeName(name), compute };
    return { name: aheadName(name), compute: () => computeAhead(name, job.study, identity).then(() => true) };
  });
}

const wholeName = (name: StudyName) => `study-${name}`;
const aheadName = (name: StudyName) => `ahead-of-study-${name}`;

interface WholeStudy {
  readonly name: StudyName;
  readonly identity: StudyIdentity;
  compute(): Promise<ComputedStudy>;
}

async function wholeStudies({ study, settings, inputs }: StudiesJob): Promise<WholeStudy[]> {
  const run = fingerprintOf(settings, inputs);
  const named: StudyName[] = [];
  for (const name of settings.studies) {
    if (!catalogue[name].needs.includes('curve') || (await hasCurve(settings.model))) named.push(name);
  }
  return named.map((name) => {
    const identity = studyIdentity({ ...settings, study: name }, inputs, run);
    return { name, identity, compute: () => computeOrSayWhyNot(name, study, identity) };
  });
}

/** A study that cannot be run must not cost the run: its record says why. */
async function computeOrSayWhyNot(name: StudyName, job: StudyTask, identity: StudyIdentity): Promise<ComputedStudy> {
  try {
    return await computeStudy(name, job, identity);
  } catch (error) {
    if (!(error instanceof ImpossibleStudy)) throw error;
    return impossibleStudy(name, job, identity, error);
  }
}
