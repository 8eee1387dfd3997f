import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StatusConfig } from '../commands/status.ts';
import { isAbandoned, readLock } from '../disk/lock-record.ts';
import { formatSeconds } from '../effects/pace.ts';
import type { Effects } from '../effects.ts';
import { UserError } from '../errors/user-error.ts';
import { pathKind } from '../files/files.ts';
import { contextsRecorded } from '../record/started-run.ts';
import { StoredParts } from '../record/stored-parts.ts';
import { readMeasureProgress } from '../run/measuring.ts';
import { readPlan } from '../shards/plan.ts';
import { shardsOf } from '../shards/shards-of.ts';
import { type PartStatus, partStatus } from './part-status.ts';
import { jobsFolder } from './stages.ts';

/** Prints how far a run is, by what its processes left in OUT: no scheduler is asked. */
export async function status({ run: out }: StatusConfig, effects: Effects): Promise<void> {
  for (const line of await statusLines(out, Date.now())) effects.log(line);
}

export async function statusLines(out: string, nowMs: number): Promise<string[]> {
  if ((await pathKind(join(out, 'run.json'))) === 'file') return [`${out}: finished`, ...(await siteLines(out))];
  const plan = await readPlan(out);
  const owner = await holderOf(join(out, '.lock'), nowMs);
  const at = owner ? [`at work: ${owner}`] : [];
  if (!plan) {
    if ((await pathKind(join(out, '.work'))) !== 'folder' && (await pathKind(jobsFolder(out))) === 'folder')
      return [`${out}: no process has begun`, ...at];
    if ((await pathKind(join(out, '.work'))) !== 'folder')
      throw new UserError(`no run in ${out}, expected the --out of one`);
    return [`${out}: ${await farOf(out)}`, ...at];
  }
  const parts = plan.joined
    ? []
    : await Promise.all(shardsOf(plan).map((shard) => partStatus(out, shard, plan, nowMs)));
  const corpus = plan.joined ? [`corpus: ${plan.of} parts joined`] : corpusLines(parts, plan.contexts);
  return [
    `${out}: in ${plan.of} parts, ${plan.contexts} contexts`,
    ...corpus,
    ...(await measureLines(out, nowMs)),
    ...at,
  ];
}

/** How far a run without parts is. */
async function farOf(out: string): Promise<string> {
  const [contexts, stored] = await Promise.all([contextsRecorded(out), new StoredParts(out).stored()]);
  const measured = stored.size > 0 ? `, ${stored.size} parts of the measures stored` : '';
  return `in one part, ${contexts} contexts recorded${measured}`;
}

function corpusLines(parts: readonly PartStatus[], contexts: number): string[] {
  const recorded = parts.reduce((sum, part) => sum + part.recorded, 0);
  const of = (state: PartStatus['state']) => parts.filter((part) => part.state === state).length;
  const counts = (['done', 'running', 'failed', 'waiting'] as const).map((state) => `${of(state)} ${state}`).join(', ');
  const perSecond = parts.reduce((sum, part) => sum + part.contextsPerSecond, 0);
  const left = perSecond > 0 ? `, about ${formatSeconds((contexts - recorded) / perSecond)} left` : '';
  return [
    `corpus: ${counts}; ${recorded} of ${contexts} contexts${left}`,
    ...parts.filter(({ state }) => state !== 'done').map(({ line }) => `  ${line}`),
  ];
}

async function measureLines(out: string, nowMs: number): Promise<string[]> {
  const measuring = await readMeasureProgress(out);
  if (!measuring) return [];
  const { names, stored, folders } = measuring;
  const holders = await Promise.all(folders.map((folder) => holderOf(join(folder, '.lock'), nowMs)));
  const running = holders.filter((holder) => holder !== undefined).length;
  return [`measures: ${stored.length} of ${names.length} parts stored, ${running} processes running`];
}

/** Who holds a lock, if anybody lives who does. */
async function holderOf(path: string, nowMs: number): Promise<string | undefined> {
  const lock = await readLock(path);
  if (!lock || isAbandoned(lock, nowMs) || !lock.record) return undefined;
  const { command, host, pid, since } = lock.record;
  return `${command} on ${host}, process ${pid}, since ${since}`;
}

async function siteLines(out: string): Promise<string[]> {
  const made = await stat(join(out, 'site', 'index.html')).catch(() => undefined);
  return made ? [`site: ${join(out, 'site')}, ${made.mtime.toISOString()}`] : [];
}
