import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { openRun } from '../../pipeline/tables/reader.ts';
import { reportPages } from '../build/pages-channel.ts';
import type { FromWorker } from './next-sae.ts';

/**
 * Pages are short-lived: room for some of them before the first collection lowers what collections cost. What is kept, names and
 * tokens, takes far less than the limit, by which the engine decides how much it lets lie about.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 24, maxOldGenerationSizeMb: 512 };

/** The SAEs of a run, by id, in its order. */
export async function saesOf(run: string): Promise<readonly string[]> {
  const reader = await openRun(run);
  const saes = [...reader.saeIds];
  reader.close();
  return saes;
}

/**
 * Runs a worker a core, each of which takes one SAE after another: a worker of its own for each SAE would read the run's
 * names again and compile the renderers again.
 */
export async function runWorkers(script: URL, workerData: unknown, saes: readonly string[]): Promise<void> {
  const left = [...saes];
  const workers = Math.min(availableParallelism(), saes.length);
  await Promise.all(Array.from({ length: workers }, () => runWorker(script, workerData, () => left.shift())));
}

function runWorker(script: URL, workerData: unknown, next: () => string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(script, { workerData, execArgv: [], resourceLimits });
    worker.on('message', (message: FromWorker) => {
      if (message === 'next') worker.postMessage(next());
      else reportPages(message);
    });
    worker.once('error', reject);
    worker.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`bulk worker ended with ${code}`))));
  });
}
