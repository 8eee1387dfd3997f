import { parentPort, workerData } from 'node:worker_threads';
import { type FuzzTarget, fuzzCase, withFolder } from './fuzz.ts';
import { rounds, targets } from './targets.ts';

export interface FuzzJob {
  /** The first case; each is a seed. */
  readonly first: number;
  readonly milliseconds: number;
  /** Only this target, on `first` alone. */
  readonly only?: string;
  /** [the case being run, whether it has been] so that a hang can be named. */
  readonly progress: Int32Array;
}

export type FuzzReport =
  | { readonly kind: 'finding'; readonly target: string; readonly seed: number; readonly what: string }
  | {
      readonly kind: 'end';
      readonly read: number;
      readonly refused: number;
      readonly slowest: number;
      readonly rss: number;
    };

const { first, milliseconds, only, progress } = workerData as FuzzJob;
const tell = (report: FuzzReport): void => parentPort?.postMessage(report);

function targetOf(seed: number): FuzzTarget | undefined {
  return only === undefined ? rounds[seed % rounds.length] : targets.find(({ name }) => name === only);
}

await withFolder(async (folder) => {
  const until = performance.now() + milliseconds;
  let [read, refused, slowest, rss] = [0, 0, 0, 0];
  for (let seed = first; performance.now() < until; seed++) {
    const target = targetOf(seed);
    if (!target)
      throw new RangeError(`no target ${only}, expected one of ${targets.map(({ name }) => name).join(', ')}`);
    Atomics.store(progress, 0, seed);
    const begin = performance.now();
    const outcome = await fuzzCase(target, seed, folder);
    slowest = Math.max(slowest, performance.now() - begin);
    rss = Math.max(rss, process.memoryUsage.rss());
    if (outcome.kind === 'finding') tell({ kind: 'finding', target: target.name, seed, what: outcome.what });
    else if (outcome.kind === 'read') read++;
    else refused++;
    if (only !== undefined) {
      process.stdout.write(`${JSON.stringify(outcome)}\n`);
      break;
    }
  }
  tell({ kind: 'end', read, refused, slowest, rss });
});
