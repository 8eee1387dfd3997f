import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { interruptible } from '../../effects/interruptible.ts';
import { StopFlag } from '../../effects/stop-flag.ts';
import type { Effects } from '../../effects.ts';
import { createEngine } from '../../engine/index.ts';
import { openContexts } from '../../record/context-file.ts';
import { finiteEngine } from '../../record/finite-engine.ts';
import { loadInputs } from '../../record/inputs.ts';
import { chooseSamples } from '../../record/run-samples.ts';
import { StoredParts } from '../../record/stored-parts.ts';
import { Workspace } from '../../record/workspace.ts';
import { recordedParts } from '../recorded-parts.ts';
import type { AheadJob } from './ahead-job.ts';
import { Claims } from './claims.ts';
import { computeFromLast } from './compute-from-last.ts';

const { settings, sizes, fingerprint, names, slots, stop: shared }: AheadJob = workerData;
const stop = new StopFlag(shared);
const silent: Effects = {
  log: (line) => parentPort?.postMessage(line),
  progress: () => ({ update() {}, end() {} }),
  now: () => performance.now(),
};
const effects = interruptible(silent, () => stop.isRaised);
const inputs = await loadInputs(settings);
const engine = finiteEngine(await createEngine(settings));
const contexts = await openContexts(join(settings.out, '.work', 'contexts.bin'), inputs.contextLength);
try {
  const workspace = await Workspace.openWhole(settings.out, { fingerprint, contexts: contexts.count });
  const samples = chooseSamples(contexts, settings.qualityTokens, sizes);
  const parts = new StoredParts(settings.out);
  const all = await recordedParts({ settings, inputs, engine, contexts, samples, parts, effects }, workspace);
  await computeFromLast(all, new Claims(names, slots), parts);
} finally {
  await contexts.close();
}
