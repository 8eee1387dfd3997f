import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { removePath } from '../disk/disk.ts';
import { StopFlag } from '../effects/stop-flag.ts';
import { threadOptions } from '../effects/thread-options.ts';
import { sharedThresholds } from '../record/lane-thresholds.ts';
import { type LanesOptions, lanesOf, mostLanes } from '../record/lanes.ts';
import type { RecordingOptions } from '../record/recording-options.ts';
import { recordedIn } from '../record/workspace.ts';
import { DamagedPart, joinWorkspaces } from './join-workspaces.ts';
import { contextsOfShard, type Shard } from './shard.ts';
import type { FromThread, ThreadJob } from './thread-job.ts';

export interface ThreadedOptions extends RecordingOptions, LanesOptions {
  readonly out: string;
}

/**
 * Records the corpus in parts, each by a thread with an engine of its own, and joins them: the same bytes as one thread's.
 * Nothing is done where that does not pay, or where some of the corpus is recorded already. How many contexts are those
 * that an interrupted run had recorded.
 */
export async function recordInThreads(options: ThreadedOptions): Promise<number> {
  const { out, workspace } = options;
  const lanes = lanesOf(options, mostLanes.recording);
  if (lanes.count === 1 || workspace.contextsRecorded > 0) return workspace.contextsRecorded;
  const shards = Array.from({ length: lanes.count }, (_, i): Shard => ({ number: i + 1, of: lanes.count }));
  const before = await Promise.all(shards.map((shard) => recordedOf(options, shard)));
  await recordParts(options, shards, { threads: lanes.threadsOfEach, before });
  let isJoined = true;
  try {
    await joinWorkspaces({ out, shards, folderOf }, options);
  } catch (error) {
    if (!(error instanceof DamagedPart)) throw error;
    options.effects.log(`${error.message}: the corpus is recorded again`);
    await workspace.restart();
    isJoined = false;
  }
  await removePath(join(out, partsFolder));
  return isJoined ? sumOf(before) : 0;
}

/** In OUT, where an interrupted run finds what its threads had recorded. */
const partsFolder = join('.work', 'threads');
const folderOf = ({ number, of }: Shard) => join(partsFolder, `${number}-of-${of}`);

interface Parts {
  /** Of each part's engine. */
  readonly threads: number;
  /** Contexts of each part that were recorded before. */
  readonly before: readonly number[];
}

async function recordParts(options: ThreadedOptions, shards: readonly Shard[], { threads, before }: Parts) {
  const { contexts, effects } = options;
  const perContext = contexts.length - 1;
  const tokens = before.map((own) => own * perContext);
  const progress = effects.progress('activations', contexts.count * perContext, 'tokens', sumOf(tokens));
  const stop = new StopFlag();
  const thresholds = options.saes.map(({ dSae }) => sharedThresholds(shards.length, dSae));
  const hear = (i: number) => (message: FromThread) => {
    if ('tokens' in message) {
      tokens[i] = message.tokens;
      progress.update(sumOf(tokens));
    } else if (i === 0) effects.log(message.line);
  };
  const all = shards.map((shard, i) =>
    inThread({ ...jobOf(options, shard, threads), lane: { number: i, thresholds }, stop: stop.shared }, stop, hear(i)),
  );
  // No thread may write any more once this fails.
  const failed = (await Promise.allSettled(all)).find(({ status }) => status === 'rejected');
  if (failed) await Promise.all(all);
  progress.end();
}

/** Contexts of a part that an interrupted run has recorded. */
async function recordedOf({ out, workspace }: ThreadedOptions, shard: Shard): Promise<number> {
  const { fingerprint, contexts } = await recordedIn(join(out, folderOf(shard)));
  return fingerprint === workspace.fingerprint ? contexts : 0;
}

const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, own) => sum + own, 0);

function jobOf(options: ThreadedOptions, shard: Shard, threads: number): Omit<ThreadJob, 'stop' | 'lane'> {
  const { out, workspace, contexts, model, saes, batch, examples, headSequences, segmentTokens } = options;
  return {
    ...{ out, model, saes, batch, examples, segmentTokens },
    ...(headSequences !== undefined && { headSequences }),
    fingerprint: workspace.fingerprint,
    folder: folderOf(shard),
    contexts: { path: workspace.path('contexts.bin'), length: contexts.length },
    part: contextsOfShard(shard, contexts.count),
    // The parts are there until they are joined.
    roomFor: 2 * contexts.count,
    // A few programs run thousands of times each: their memory fresh at each run is one in twenty of their processor time.
    engine: { backend: 'onnx-cpu', threads, keepsMemory: true },
  };
}

/** Runs a thread until it ends; what fails of it stops the others, too. */
function inThread(workerData: ThreadJob, stop: StopFlag, onMessage: (message: FromThread) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./part-thread.ts', import.meta.url), { workerData, ...threadOptions });
    let failure: unknown;
    const fail = (error: unknown): void => {
      failure ??= error;
      stop.raise();
    };
    worker.on('message', (message: FromThread) => {
      try {
        onMessage(message);
      } catch (error) {
        fail(error);
      }
    });
    worker.once('error', fail);
    worker.once('exit', () => (failure === undefined ? resolve() : reject(failure)));
  });
}
