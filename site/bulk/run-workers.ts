import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { openRun } from '../../pipeline/tables/reader.ts';
import { reportPages } from '../build/pages-channel.ts';

/** Pages are short-lived: room for many of them before the first collection halves what collections cost. */
const resourceLimits = { maxYoungGenerationSizeMb: 64 };

/** The SAEs of a run, by id, in its order. */
export async function saesOf(run: string): Promise<readonly string[]> {
  const reader = await openRun(run);
  const saes = [...reader.saeIds];
  reader.close();
  return saes;
}

/** Runs a worker for each task, as many at once as there are cores; what workers post is a number of pages done. */
export async function runWorkers<Task>(script: URL, tasks: readonly Task[]): Promise<void> {
  const left = [...tasks];
  const next = async (): Promise<void> => {
    for (let task = left.shift(); task !== undefined; task = left.shift()) await runWorker(script, task);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, next));
}

function runWorker(script: URL, workerData: unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(script, { workerData, execArgv: [], resourceLimits });
    worker.on('message', reportPages);
    worker.once('error', reject);
    worker.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`bulk worker ended with ${code}`))));
  });
}
