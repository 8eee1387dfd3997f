import type { RunConfig } from './commands/run.ts';
import type { Lock } from './disk/lock.ts';
import type { Effects } from './effects.ts';
import { createEngine } from './engine/index.ts';
import { writeHeadCircuits } from './measures/circuits/head-circuits.ts';
import { writeNeighbours } from './measures/neighbours/neighbours.ts';
import { measureQuality } from './measures/quality/quality.ts';
import { writeTables } from './measures/statistics/tables.ts';
import { runStudies } from './measures/studies/run-studies.ts';
import { writeUpstream } from './measures/upstream/upstream.ts';
import { writeWiring } from './measures/wiring/wiring.ts';
import { closeRecorders } from './record/activations.ts';
import { finiteEngine } from './record/finite-engine.ts';
import { loadInputs } from './record/inputs.ts';
import type { LayerRecorder } from './record/layer-recorder.ts';
import { ownOut } from './record/own-out.ts';
import { packCorpus } from './record/pack-corpus.ts';
import { passBatch } from './record/pass-batch.ts';
import { recordCorpus } from './record/record-corpus.ts';
import { chooseSamples, type SampleSizes, sampleSizes } from './record/run-samples.ts';
import { startRun } from './record/start-run.ts';
import { finish } from './run/finish.ts';
import { Stopwatch } from './run/stopwatch.ts';
import { lowerSaes } from './sae/lower-saes.ts';
import { joinShards } from './shards/join-shards.ts';
import { refuseShards, requireShards } from './shards/require-shards.ts';
import { runShard } from './shards/run-shard.ts';
import { shardOf } from './shards/shard.ts';

/**
 * Corpus → tables, by the stages in order. The same settings take an interrupted run up where it stopped, and give the
 * same bytes. With a shard, it is that part of the corpus pass alone. Throws UserError for bad input.
 */
export function run(config: RunConfig, effects: Effects, sizes: SampleSizes = sampleSizes): Promise<void> {
  if (config.shard !== undefined) return runShard(config, shardOf(config.shard, process.env), effects);
  return ownOut(config.out, 'run', async (lock) => {
    await refuseShards(config.out);
    await runOwned(config, effects, { lock, sizes, joins: false });
  });
}

/** The parts of a corpus pass that run --shard made → tables, the same bytes as run's. Throws UserError where one is missing. */
export function merge(config: RunConfig, effects: Effects, sizes: SampleSizes = sampleSizes): Promise<void> {
  return ownOut(config.out, 'merge', (lock) => runOwned(config, effects, { lock, sizes, joins: true }));
}

interface Owned {
  readonly lock: Lock;
  readonly sizes: SampleSizes;
  /** Whether what is recorded is joined from parts. */
  readonly joins: boolean;
}

async function runOwned(config: RunConfig, effects: Effects, { lock, sizes, joins }: Owned): Promise<void> {
  const watch = new Stopwatch(effects.now);
  const inputs = await watch.time('load', () => loadInputs(config));
  for (const note of inputs.notes) effects.log(note);
  const engine = finiteEngine(await createEngine(config));
  const settings = { ...config, backend: engine.backend };
  if (joins) await requireShards(settings, inputs);
  const workspace = await startRun(settings, inputs);
  if (!workspace) return effects.log(`${config.out} is whole already, from these same settings`);

  const packed = await watch.time('pack', () =>
    packCorpus({ config: settings, inputs, workspace, effects, out: settings.out }),
  );
  const samples = chooseSamples(packed.contexts, config.qualityTokens, sizes);
  const { contexts } = packed;
  const { model, saes, processings, tokenizer, contextLength } = inputs;
  const { out, seed, segmentTokens, upstreamSaes } = settings;
  const batch = passBatch(settings.batch, inputs);
  const on = { engine, model, effects };
  let recorders: readonly LayerRecorder[] = [];
  try {
    const recording = { ...on, saes, contexts, workspace, batch, segmentTokens, examples: settings.examples };
    const shardSeconds = joins ? await watch.time('join', () => joinShards(out, recording)) : 0;
    recorders = await watch.time('activations', () => recordCorpus(recording));
    watch.timings.activations += shardSeconds;
    await lock.check();
    // The run's batch is left out: with it, last digits of float32 sums would depend on it.
    const quality = await watch.time('quality', () => measureQuality({ ...on, saes, sample: samples.quality }));
    const counts = await watch.time('tables', () =>
      writeTables({ ...on, settings, tokenizer, processings, contexts, samples, recorders, quality }),
    );
    await watch.time('circuits', () =>
      writeHeadCircuits({ ...on, out, saes, samples, circuitTokens: settings.circuitTokens }),
    );
    await watch.time('upstream', () =>
      writeUpstream({ ...on, out, contexts, recorders, upstreamSaes, upstreamExamples: settings.upstreamExamples }),
    );
    await watch.time('wiring', () => writeWiring({ ...on, out, recorders, upstreamSaes, wiring: settings.wiring }));
    await watch.time('neighbours', () =>
      writeNeighbours({ ...on, out, recorders, compared: samples.compared, neighbours: settings.neighbours }),
    );
    const studied = lowerSaes(saes, upstreamSaes);
    const study = {
      ...on,
      out,
      modelDir: settings.model,
      tokenizer,
      saes: studied,
      contexts,
      contextLength,
      batch,
      seed,
    };
    await watch.time('studies', () => runStudies({ study, settings, inputs }));
    await lock.check();
    await finish({ settings, inputs, packed, samples, workspace, counts, timings: watch.timings, effects });
  } finally {
    await closeRecorders(recorders);
    await contexts.close();
  }
}
