import { removePath } from '../../disk/disk.ts';
import { writeJsonAtomic } from '../../disk/replace-file.ts';
import { UserError } from '../../errors/user-error.ts';
import { version } from '../../record/version.ts';
import { openTable } from '../../store/writer.ts';
import { catalogue, type StudyName } from './catalogue.ts';
import { countForwardPasses } from './counted-engine.ts';
import { studies } from './index.ts';
import type { FilledTable, StudyJob } from './study.ts';
import { type StudyRecord, studyRecordFile } from './study-record.ts';

export interface StudyPlace {
  /** Where the tables and the record go. */
  readonly out: string;
  readonly identity: StudyIdentity;
}

/** What a study is of, for its record. */
export type StudyIdentity = Pick<StudyRecord, 'fingerprint' | 'run' | 'model'>;

/** A study that cannot be run on a model; the message says why. */
export class ImpossibleStudy extends UserError {}

/** Runs a study, writes its tables and then its record, which says that they are whole, and prints what it found. */
export async function runStudy(name: StudyName, job: StudyJob, place: StudyPlace): Promise<StudyRecord> {
  const { effects } = job;
  const startMs = effects.now();
  const { engine, cost } = countForwardPasses(job.engine);
  const study = await studies[name]();
  const { tables, settings, verdict, lines, notes } = await study.run({ ...job, engine }).catch(explain);
  const record: StudyRecord = {
    study: name,
    version,
    ...place.identity,
    settings: { seed: job.seed, foldedLayers: job.model.config.foldedLayers ?? [], ...settings },
    ...cost,
    elapsedSeconds: (effects.now() - startMs) / 1000,
    verdict,
    notes: [...notes],
  };
  await writeStudy(place.out, record, tables);
  effects.log(`study ${name}: ${catalogue[name].title}`);
  for (const line of [verdict, ...lines, ...notes, costLine(record)]) effects.log(`  ${line}`);
  return record;
}

/** Writes a study's tables and then its record, which says that they are whole. */
export async function writeStudy(out: string, record: StudyRecord, tables: readonly FilledTable[]): Promise<void> {
  const file = studyRecordFile(out, record.study);
  await removePath(file);
  for (const table of tables) await writeTable(out, table);
  await writeJsonAtomic(file, record);
}

function explain(error: unknown): never {
  throw error instanceof UserError ? new ImpossibleStudy(error.message) : error;
}

/** Records that a study cannot be run on this model, and why. */
export async function recordImpossible(
  name: StudyName,
  { seed, effects }: StudyJob,
  { out, identity }: StudyPlace,
  reason: string,
): Promise<void> {
  const record: StudyRecord = {
    study: name,
    version,
    ...identity,
    settings: { seed },
    forwardPasses: 0,
    forwardTokens: 0,
    elapsedSeconds: 0,
    verdict: `Not possible with this model: ${reason}.`,
    notes: [],
  };
  await writeJsonAtomic(studyRecordFile(out, name), record);
  effects.log(`study ${name}: ${record.verdict}`);
}

async function writeTable(out: string, { table, rows }: FilledTable): Promise<void> {
  const writer = await openTable(out, table);
  try {
    await writer.append(rows);
    await writer.close();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

function costLine({ forwardPasses, forwardTokens, elapsedSeconds }: StudyRecord): string {
  return `${forwardPasses} forward passes of ${forwardTokens} tokens in all, ${elapsedSeconds.toFixed(1)} s`;
}
