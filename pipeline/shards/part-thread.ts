import { parentPort, workerData } from 'node:worker_threads';
import { interruptible } from '../effects/interruptible.ts';
import { StopFlag } from '../effects/stop-flag.ts';
import type { Effects } from '../effects.ts';
import { createEngine } from '../engine/index.ts';
import { closeRecorders } from '../record/activations.ts';
import { openContexts } from '../record/context-file.ts';
import { finiteEngine } from '../record/finite-engine.ts';
import { recordCorpus } from '../record/record-corpus.ts';
import { Workspace } from '../record/workspace.ts';
import type { FromThread, ThreadJob } from './thread-job.ts';

const { out, folder, fingerprint, contexts: packed, engine: asked, stop: shared, ...job }: ThreadJob = workerData;
const stop = new StopFlag(shared);
const say = (message: FromThread) => parentPort?.postMessage(message);
const effects: Effects = {
  log: (line) => say({ line }),
  progress: () => ({ update: (tokens) => say({ tokens }), end() {} }),
  now: () => performance.now(),
};

async function record(): Promise<void> {
  const engine = finiteEngine(await createEngine(asked));
  const workspace = await Workspace.open(out, fingerprint, folder);
  const heard = interruptible(effects, () => stop.isRaised);
  const contexts = await openContexts(packed.path, packed.length);
  try {
    await closeRecorders(await recordCorpus({ ...job, engine, contexts, workspace, effects: heard }));
  } finally {
    await contexts.close();
  }
}

try {
  await record();
} catch (error) {
  if (!stop.isRaised) throw error;
}
