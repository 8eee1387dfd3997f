import type { RunConfig } from './config.ts';
import type { Lock } from './disk/lock.ts';
import type { Effects } from './effects.ts';
import { createEngine } from './engine/index.ts';
import { closeRecorders } from './stages/activations.ts';
import { finish } from './stages/finish.ts';

import { finiteEngine } from './stages/finite-engine.ts';

import { fittingBatch } from './stages/fitting-batch.ts';

import { writeHeadCircuits } from './stages/head-circuits.ts';
import { loadInputs } from './stages/inputs.ts';
import type { LayerRecorder } from './stages/layer-recorder.ts';
import { ownOut } from './stages/own-out.ts';
import { packCorpus } from './stages/pack-corpus.ts';
import { measureQuality } from './stages/quality.ts';
import { recordCorpus } from './stages/record-corpus.ts';
import { chooseSamples, type SampleSizes, sampleSizes } from './stages/run-samples.ts';
import { startRun } from './stages/start-run.ts';
import { Stopwatch } from './stages/stopwatch.ts';
import { runStudies } from './stages/studies/run-studies.ts';
import { writeTables } from './stages/tables.ts';
import { writeUpstream } from './stages/upstream.ts';
import { writeWiring } from './stages/wiring.ts';

/**
 * Corpus → tables, by the stages in order. The same settings take an interrupted run up where it stopped, and give the
 * same bytes. Throws UserError for bad input.
 */
export function run(config: RunConfig, effects: Effects, sizes: SampleSizes = sampleSizes): Promise<void> {
  return ownOut(config.out, 'run', (lock) => runOwned(config, effects, { lock, sizes }));
}

interface Owned {
  readonly lock: Lock;
  readonly sizes: SampleSizes;
}

async function runOwned(config: RunConfig, effects: Effects, { lock, sizes }: Owned): Promise<void> {
  const watch = new Stopwatch(effects.now);
  const inputs = await watch.time('load', () => loadInputs(config));
  for (const note of inputs.notes) effects.log(note);
  const engine = finiteEngine(await createEngine({ backend: config.backend, threads: config.threads }));
  const settings = { ...config, backend: engine.backend };
  const workspace = await startRun(settings, inputs);
  if (!workspace) return effects.log(`${config.out} is whole already, from these same settings`);

  const packed = await watch.time('pack', () =>
    packCorpus({ config: settings, inputs, workspace, effects, out: settings.out }),
  );
  const samples = chooseSamples(packed.contexts, config.qualityTokens, sizes);
  const { model, saes, contextLength } = inputs;
  const batch = fittingBatch(config.batch, saes.length * model.config.nHeads * contextLength ** 2);
  const job = {
    ...settings,
    ...inputs,
    batch,
    settings,
    engine,
    workspace,
    effects,
    samples,
    contexts: packed.contexts,
  };
  let recorders: readonly LayerRecorder[] = [];
  try {
    recorders = await watch.time('activations', () => recordCorpus(job));
    await lock.check();
    // The run's batch is left out: with it, last digits of float32 sums would depend on it.
    const quality = await watch.time('quality', () =>
      measureQuality({ engine, model, saes, effects, sample: samples.quality }),
    );
    const counts = await watch.time('tables', () => writeTables({ ...job, recorders, quality }));
    await watch.time('circuits', () => writeHeadCircuits(job));
    await watch.time('upstream', () => writeUpstream({ ...job, recorders }));
    await watch.time('wiring', () => writeWiring({ ...job, recorders }));
    await watch.time('studies', () => runStudies(config.studies, job, inputs));
    await lock.check();
    await finish({ settings, inputs, packed, samples, workspace, counts, timings: watch.timings, effects });
  } finally {
    await closeRecorders(recorders);
    await packed.contexts.close();
  }
}
