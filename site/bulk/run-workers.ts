import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { openRun } from '../../pipeline/tables/reader.ts';
import { reportPages } from '../build/pages-channel.ts';
import type { FromWorker } from './next-sae.ts';

/** What the pages of a run are made of. */
export interface BulkWork {
  /** The SAEs by id, in the run's order. */
  readonly saes: readonly string[];
  /** Features of all of them. */
  readonly features: number;
}

/** Features whose names take at most 1 MB: some 140 bytes each. */
const NAMES_A_MEGABYTE = 4000;

/**
 * Pages are short-lived: room for some of them before the first collection lowers what collections cost. By the limit on what
 * is kept, names and tokens, the engine decides how much it lets lie about.
 */
const limitsOf = ({ features }: BulkWork) => ({
  maxYoungGenerationSizeMb: 48,
  maxOldGenerationSizeMb: 512 + Math.ceil(features / NAMES_A_MEGABYTE),
});

export async function bulkWork(run: string): Promise<BulkWork> {
  const { saeIds, counts, close } = await openRun(run);
  close();
  return { saes: [...saeIds], features: counts.features };
}

/**
 * Runs a worker a core, each of which takes one SAE after another: a worker of its own for each SAE would read the run's
 * names again and compile the renderers again.
 */
export async function runWorkers(script: URL, workerData: unknown, work: BulkWork): Promise<void> {
  const left = [...work.saes];
  const workers = Math.min(availableParallelism(), left.length);
  const options = { workerData, execArgv: [], resourceLimits: limitsOf(work) };
  await Promise.all(Array.from({ length: workers }, () => runWorker(new Worker(script, options), () => left.shift())));
}

function runWorker(worker: Worker, next: () => string | undefined): Promise<void> {
  worker.on('message', (message: FromWorker) => {
    if (message === 'next') worker.postMessage(next());
    else reportPages(message);
  });
  return endOf(worker);
}

/** Waits until a worker ends. Throws what it threw. */
export async function endOf(worker: Worker): Promise<void> {
  const [code] = await once(worker, 'exit');
  if (code !== 0) throw new Error(`a worker ended with ${code}`);
}
