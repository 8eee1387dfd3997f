import { readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { openRun } from '../../pipeline/tables/reader.ts';
import { reportPages } from '../build/pages-channel.ts';
import { SHELL_FEATURE } from './shell.ts';

/** Pages are short-lived: room for many of them before the first collection halves what collections cost. */
const resourceLimits = { maxYoungGenerationSizeMb: 64 };

export interface BulkTask {
  readonly run: string;
  readonly base: string;
  /** The built site, which holds the shell and the sample that Astro rendered. */
  readonly dir: string;
  readonly isPacked: boolean;
}

export interface SaeTask extends BulkTask {
  readonly sae: string;
  readonly shellHtml: string;
}

/** Writes every feature page into the shell, or all into packs: a worker an SAE, as many at once as there are cores. */
export async function writeFeaturePages(task: BulkTask): Promise<void> {
  const reader = await openRun(task.run);
  const saes = [...reader.saeIds];
  reader.close();
  const shellHtml = task.isPacked ? '' : takeShell(task.dir, saes);
  const next = async (): Promise<void> => {
    for (let sae = saes.shift(); sae !== undefined; sae = saes.shift()) {
      await runWorker({ ...task, sae, shellHtml });
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, next));
}

/** The shell that Astro rendered, which is no page. */
function takeShell(dir: string, [first]: readonly string[]): string {
  if (first === undefined) return '';
  const file = join(dir, 'f', first, `${SHELL_FEATURE}.html`);
  const html = readFileSync(file, 'utf8');
  rmSync(file);
  return html;
}

function runWorker(task: SaeTask): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./sae-worker.ts', import.meta.url), {
      workerData: task,
      execArgv: [],
      resourceLimits,
    });
    worker.on('message', reportPages);
    worker.once('error', reject);
    worker.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`bulk worker ended with ${code}`))));
  });
}
