import type { Serializable } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { type Child, startChild } from '../../pipeline/effects/process/start-child.ts';
import { openRun } from '../../pipeline/tables/reader.ts';
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
const limitsOf = ({ features }: BulkWork): string[] => [
  '--max-semi-space-size=16',
  `--max-old-space-size=${512 + Math.ceil(features / NAMES_A_MEGABYTE)}`,
];

export async function bulkWork(run: string): Promise<BulkWork> {
  const { saeIds, counts, close } = await openRun(run);
  close();
  return { saes: [...saeIds], features: counts.features };
}

/**
 * Runs a process a core, each of which takes one SAE after another: one of its own for each SAE would read the run's names
 * again and compile the renderers again. Threads of one process would wait for each other wherever the system gives memory
 * or makes a file. What `report` throws ends them.
 */
export async function runWorkers(
  script: URL,
  input: object,
  { saes, features }: BulkWork,
  report: (pages: number) => void = () => {},
): Promise<void> {
  const left = [...saes];
  const options = {
    execArgv: limitsOf({ saes, features }),
    hear: (said: FromWorker, answer: (message: Serializable) => void) => {
      if (said === 'next') answer({ sae: left.shift() });
      else report(said);
    },
  };
  const count = Math.min(availableParallelism(), saes.length);
  await endOfAll(Array.from({ length: count }, () => startChild(script, { ...input }, options)));
}

/** Waits until all have ended; the first that fails ends the others. */
async function endOfAll(children: readonly Child[]): Promise<void> {
  try {
    await Promise.all(children.map(({ ended }) => ended));
  } finally {
    await Promise.all(children.map((child) => child.stop()));
  }
}
