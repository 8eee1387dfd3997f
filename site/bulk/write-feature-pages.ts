import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openSiteData } from '../build/site-data.ts';
import { writeTokens } from '../pack/write-tokens.ts';
import { createLinks } from '../page-kit/links.ts';
import { bulkWork, runWorkers } from './run-workers.ts';
import { SHELL_FEATURE } from './shell.ts';

export interface BulkTask {
  readonly run: string;
  readonly base: string;
  /** The address of the host, where it is known. */
  readonly host: string;
  /** The built site, which holds the shell and the sample that Astro rendered. */
  readonly dir: string;
  readonly isPacked: boolean;
}

export interface SaeTask extends BulkTask {
  readonly sae: string;
  readonly shellHtml: string;
}

/** Writes every feature page into the shell, or all into packs. */
export async function writeFeaturePages(task: BulkTask, report: (pages: number) => void): Promise<void> {
  const work = await bulkWork(task.run);
  const shellHtml = task.isPacked ? '' : takeShell(task.dir, work.saes);
  if (task.isPacked) await writePackTokens(task);
  await runWorkers(new URL('./sae-worker.ts', import.meta.url), { ...task, shellHtml }, work, report);
}

async function writePackTokens({ run, base, dir }: BulkTask): Promise<void> {
  const data = await openSiteData(run, createLinks(base));
  await writeTokens(data, dir);
  data.reader.close();
}

/** The shell that Astro rendered, which is no page. */
function takeShell(dir: string, [first]: readonly string[]): string {
  if (first === undefined) return '';
  const file = join(dir, 'f', first, `${SHELL_FEATURE}.html`);
  const html = readFileSync(file, 'utf8');
  rmSync(file);
  return html;
}
