import { Worker } from 'node:worker_threads';
import { StopFlag } from '../../effects/stop-flag.ts';
import { threadOptions } from '../../effects/thread-options.ts';
import { createEngine, type Engine } from '../../engine/index.ts';
import { finiteEngine } from '../../record/finite-engine.ts';
import type { HeadPeaks } from '../../record/head-peaks.ts';
import { lanesOf, mostLanes } from '../../record/lanes.ts';
import type { LayerRecorder } from '../../record/layer-recorder.ts';
import type { SampleSizes } from '../../record/run-samples.ts';
import type { StoredParts } from '../../record/stored-parts.ts';
import { measureParts } from '../measure-parts.ts';
import type { RunSubject } from '../subject.ts';
import type { AheadJob } from './ahead-job.ts';
import { Claims } from './claims.ts';
import { SharedParts } from './shared-parts.ts';

interface AheadOptions {
  readonly subject: RunSubject;
  readonly recorders: readonly LayerRecorder[];
  readonly heads: HeadPeaks;
  readonly sizes: SampleSizes;
  /** Of the run's working folder. */
  readonly fingerprint: string;
}

/** What a run's measures are computed with. */
export interface Measuring {
  readonly engine: Engine;
  readonly parts: StoredParts;
  /** Ends the companion, where there is one that has not ended. */
  end(): Promise<void>;
}

/**
 * Starts a companion: a thread with an engine of its own, which computes the parts of the measures from the last on, while the
 * run goes through them from the first. Every part is computed by one of them, in the same way. There is none where it does
 * not pay.
 */
export async function measureAhead(options: AheadOptions): Promise<Measuring> {
  const { subject, recorders, heads, sizes, fingerprint } = options;
  const { settings, inputs, contexts, engine, parts: alone, effects } = subject;
  const { model, saes } = inputs;
  const lanes = lanesOf({ engine, model, saes, contexts, threads: settings.threads, ...sizes }, mostLanes.measuring);
  if (lanes.count === 1) return { engine, parts: alone, end: async () => {} };
  const own = { ...settings, threads: lanes.threadsOfEach };
  const parts = await measureParts(subject, { recorders, heads }, () => Promise.reject(new Error('not computed here')));
  const claims = new Claims(parts.map(({ name }) => name));
  const { names, slots } = claims;
  const stop = new StopFlag();
  const job: AheadJob = { names, slots, settings: own, sizes, fingerprint, stop: stop.shared };
  const beside = finiteEngine(await createEngine(own));
  const ended = companion(job, claims, (line) => effects.log(line));
  return {
    // Programs that are made once the companion has ended have all threads.
    engine: { ...beside, compile: (program) => (claims.areTaken ? engine : beside).compile(program) },
    parts: new SharedParts(settings.out, claims, effects),
    end() {
      claims.end();
      stop.raise();
      return ended;
    },
  };
}

/** Runs the companion until it ends. */
function companion(workerData: AheadJob, claims: Claims, log: (line: string) => void): Promise<void> {
  const worker = new Worker(new URL('./ahead-thread.ts', import.meta.url), { workerData, ...threadOptions });
  worker.on('message', log);
  // What it could not do is left to the run, which says what is wrong.
  worker.on('error', () => {});
  return new Promise((resolve) => {
    worker.once('exit', () => {
      claims.end();
      resolve();
    });
  });
}
