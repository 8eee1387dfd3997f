import { join } from 'node:path';
import type { SubmitConfig } from '../commands/submit.ts';

/** One step of a run in parts: so many processes at once, all of them done before the next step begins. */
export interface Stage {
  readonly name: 'corpus' | 'join' | 'measure' | 'finish' | 'site';
  /** Which of its processes each is, it learns by --shard; none where there is one. */
  readonly processes: number;
  readonly isShared: boolean;
  /** Arguments of atlas, without the shard. */
  readonly args: readonly string[];
}

export const jobsFolder = (out: string): string => join(out, 'jobs');
export const settingsFile = (out: string): string => join(jobsFolder(out), 'settings.json');

/** The steps in order. */
export function stagesOf({ out, shards, site, base, url }: SubmitConfig): Stage[] {
  const settings = settingsFile(out);
  const shared = { processes: shards, isShared: true };
  const alone = { processes: 1, isShared: false };
  const siteArgs = ['site', '--run', out, '--out', join(out, 'site'), '--base', base, ...(url ? ['--url', url] : [])];
  return [
    { name: 'corpus', ...shared, args: ['run', settings] },
    { name: 'join', ...alone, args: ['merge', settings, '--join-only'] },
    { name: 'measure', ...shared, args: ['measure', settings] },
    { name: 'finish', ...alone, args: ['merge', settings] },
    ...(site === false ? [] : [{ name: 'site' as const, ...alone, args: siteArgs }]),
  ];
}

/** A file's name: its step's place among all, and what it is. */
export const stageFile = (stages: readonly Stage[], { name }: Stage, ending: string): string =>
  `${stages.findIndex((stage) => stage.name === name) + 1}-${name}.${ending}`;
