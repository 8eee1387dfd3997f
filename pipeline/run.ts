import type { RunConfig } from './config.ts';
import type { Lock } from './disk/lock.ts';
import type { Effects } from './effects.ts';
import { createEngine } from './engine/index.ts';
import { closeRecorders } from './stages/activations.ts';
import { finish } from './stages/finish.ts';
import { finiteEngine } from './stages/finite-engine.ts';
import { writeHeadCircuits } from './stages/head-circuits.ts';
import { loadInputs } from './stages/inputs.ts';
import type { LayerRecorder } from './stages/layer-recorder.ts';
import { ownOut } from './stages/own-out.ts';
import { packCorpus } from './stages/pack-corpus.ts';
import { recordCorpus } from './stages/record-corpus.ts';
import { runQuality } from './stages/run-quality.ts';
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
export function run(config: RunConfig, effects: Effects): Promise<void> {
  return ownOut(config.out, 'run', (lock) => runOwned(config, effects, lock));
}

async function runOwned(config: RunConfig, effects: Effects, lock: Lock): Promise<void> {
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
  const job = { ...settings, ...inputs, settings, engine, workspace, effects, contexts: packed.contexts };
  let recorders: readonly LayerRecorder[] = [];
  try {
    recorders = await watch.time('activations', () => recordCorpus(job));
    await lock.check();
    const quality = await watch.time('quality', () => runQuality(job, config.qualityTokens));
    const counts = await watch.time('tables', () => writeTables({ ...job, recorders, quality }));
    await watch.time('circuits', () => writeHeadCircuits(job));
    await watch.time('upstream', () => writeUpstream({ ...job, recorders }));
    await watch.time('wiring', () => writeWiring({ ...job, recorders }));
    await watch.time('studies', () => runStudies(config.studies, job, inputs));
    await lock.check();
    await finish({ settings, inputs, packed, workspace, counts, timings: watch.timings, effects });
  } finally {
    await closeRecorders(recorders);
    await packed.contexts.close();
  }
}
