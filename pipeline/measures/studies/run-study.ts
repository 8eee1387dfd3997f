import { removePath } from '../../disk/disk.ts';
import { writeJsonAtomic } from '../../disk/replace-file.ts';
import type { Effects } from '../../effects.ts';
import { UserError } from '../../errors/user-error.ts';
import { version } from '../../record/version.ts';
import { fillTable } from '../../store/fill-table.ts';
import { catalogue, type StudyName } from './catalogue.ts';
import { countForwardPasses, type ForwardCost } from './counted-engine.ts';
import { studies } from './index.ts';
import { OverBudget } from './over-budget.ts';
import type { FilledTable, StudyJob, StudyTask } from './study.ts';
import { type StudyRecord, studyRecordFile, withoutResult } from './study-record.ts';

export interface StudyPlace {
  /** Where the tables and the record go. */
  readonly out: string;
  readonly identity: StudyIdentity;
}

/** What a study is of, for its record. */
export type StudyIdentity = Pick<StudyRecord, 'fingerprint' | 'run' | 'model'>;

/** A study that cannot be run; the message says why. */
export class ImpossibleStudy extends UserError {
  /** What its record says of it. */
  readonly verdict: string;
  constructor({ message }: UserError, what: string) {
    super(message);
    this.verdict = `${what}: ${message}.`;
  }
}

/** A study's tables, its record, and the lines that are printed of it: what it gives before anything is written. */
export interface ComputedStudy {
  readonly record: StudyRecord;
  readonly tables: readonly FilledTable[];
  readonly lines: readonly string[];
}

/** Runs a study, writes its tables and then its record, which says that they are whole, and prints what it found. */
export async function runStudy(name: StudyName, job: StudyTask, place: StudyPlace): Promise<StudyRecord> {
  const computed = await computeStudy(name, job, place.identity);
  await keepStudy(computed, place.out, job.effects);
  await job.parts.remove(partsOf(name));
  return computed.record;
}

/** Writes and prints a study that was computed. */
export async function keepStudy(
  { record, tables, lines }: ComputedStudy,
  out: string,
  effects: Effects,
): Promise<void> {
  await writeStudy(out, record, tables);
  for (const line of lines) effects.log(line);
}

/** What the names of a study's parts begin with, whatever it is of. */
const partsOf = (name: StudyName) => `part-of-study-${name}-`;

/** Throws ImpossibleStudy where the model or a budget has no room for it. What an interrupted study had done is not done again. */
export async function computeStudy(
  name: StudyName,
  { parts, ...job }: StudyTask,
  identity: StudyIdentity,
): Promise<ComputedStudy> {
  const { effects } = job;
  const startMs = effects.now();
  const { engine, cost } = countForwardPasses(job.engine);
  const study = await studies[name]();
  const kept = keeper(name, { parts, identity, cost, now: effects.now });
  const { tables, settings, verdict, lines, notes } = await study
    .run({ ...job, engine, cost, keep: kept.keep })
    .catch(explain);
  const record: StudyRecord = {
    study: name,
    version,
    ...identity,
    settings: { seed: job.seed, foldedLayers: job.model.config.foldedLayers ?? [], ...settings },
    forwardPasses: cost.forwardPasses,
    forwardTokens: Math.round(cost.forwardTokens),
    elapsedSeconds: (effects.now() - startMs + kept.earlierMs()) / 1000,
    verdict,
    notes: [...notes],
  };
  const found = [verdict, ...lines, ...notes, costLine(record)].map((line) => `  ${line}`);
  return { record, tables, lines: [`study ${name}: ${catalogue[name].title}`, ...found] };
}

/** Computes and keeps what of a study needs no tables of the run, for the study when they are there. */
export async function computeAhead(
  name: StudyName,
  { parts, ...job }: StudyTask,
  identity: StudyIdentity,
): Promise<void> {
  const { engine, cost } = countForwardPasses(job.engine);
  const { keep } = keeper(name, { parts, identity, cost, now: job.effects.now });
  await (await studies[name]()).ahead?.({ ...job, engine, cost, keep });
}

/** A part of a study, and what it cost. */
interface KeptPart<T> extends ForwardCost {
  readonly value: T;
  readonly ms: number;
}

interface Keeping {
  readonly parts: StudyTask['parts'];
  readonly identity: StudyIdentity;
  /** What the study has cost; what parts cost that were stored already is added. */
  readonly cost: ForwardCost;
  now(): number;
}

function keeper(name: StudyName, { parts, identity, cost, now }: Keeping) {
  const own = `${partsOf(name)}${identity.fingerprint}-with-cost-`;
  let earlierMs = 0;
  async function keep<T>(part: string, compute: () => Promise<T>): Promise<T> {
    const stored = await parts.read<KeptPart<T>>(own + part);
    if (stored) {
      cost.forwardPasses += stored.forwardPasses;
      cost.forwardTokens += stored.forwardTokens;
      earlierMs += stored.ms;
      return stored.value;
    }
    const [startMs, before] = [now(), { ...cost }];
    const value = await compute();
    await parts.write(own + part, {
      value,
      forwardPasses: cost.forwardPasses - before.forwardPasses,
      forwardTokens: cost.forwardTokens - before.forwardTokens,
      ms: now() - startMs,
    });
    return value;
  }
  return { keep, earlierMs: () => earlierMs };
}

/** Writes a study's tables and then its record, which says that they are whole. */
export async function writeStudy(out: string, record: StudyRecord, tables: readonly FilledTable[]): Promise<void> {
  const file = studyRecordFile(out, record.study);
  await removePath(file);
  for (const { table, rows } of tables) await fillTable(out, table, (filling) => filling.append(rows));
  await writeJsonAtomic(file, record);
}

function explain(error: unknown): never {
  if (error instanceof OverBudget) throw new ImpossibleStudy(error, withoutResult.budget);
  throw error instanceof UserError ? new ImpossibleStudy(error, withoutResult.model) : error;
}

/** The record of a study that cannot be run, which says why. */
export function impossibleStudy(
  name: StudyName,
  { seed }: Pick<StudyJob, 'seed'>,
  identity: StudyIdentity,
  { verdict }: ImpossibleStudy,
): ComputedStudy {
  const record: StudyRecord = {
    study: name,
    version,
    ...identity,
    settings: { seed },
    forwardPasses: 0,
    forwardTokens: 0,
    elapsedSeconds: 0,
    verdict,
    notes: [],
  };
  return { record, tables: [], lines: [`study ${name}: ${record.verdict}`] };
}

function costLine({ forwardPasses, forwardTokens, elapsedSeconds }: StudyRecord): string {
  return `${forwardPasses} forward passes, ${forwardTokens} tokens in all, ${elapsedSeconds.toFixed(1)} s`;
}
