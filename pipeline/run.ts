import type { MergeConfig } from './commands/merge.ts';
import type { RunConfig } from './commands/run.ts';
import { closingAfter, type OnEnd } from './disk/closing.ts';
import type { Lock } from './disk/lock.ts';
import type { Effects } from './effects.ts';
import { createEngine } from './engine/index.ts';
import { writeHeadCircuits } from './measures/circuits/head-circuits.ts';
import { startMaps } from './measures/map/map.ts';
import { writeNeighbours } from './measures/neighbours/neighbours.ts';
import { wantedNearest } from './measures/neighbours/wanted-nearest.ts';
import { largestPass } from './measures/quality/quality.ts';
import { runQuality } from './measures/quality/quality-part.ts';
import { writeHeadSequences } from './measures/sequences/head-sequences.ts';
import { writeTables } from './measures/statistics/tables.ts';
import { runStudies } from './measures/studies/run-studies.ts';
import { writeTrainingCurves } from './measures/training/training-curves.ts';
import { writeUpstream } from './measures/upstream/upstream.ts';
import { writeWiring } from './measures/wiring/wiring.ts';
import { closeRecorders } from './record/activations.ts';
import { aliveFeatures } from './record/alive-features.ts';
import { budgetOf } from './record/budget.ts';
import { finiteEngine } from './record/finite-engine.ts';
import { HeadPeaks } from './record/head-peaks.ts';
import { loadInputs, type RunInputs } from './record/inputs.ts';
import { lanesOf, mostLanes } from './record/lanes.ts';
import { ownOut } from './record/own-out.ts';
import { packCorpus } from './record/pack-corpus.ts';
import { blockBatch, passBatch } from './record/pass-batch.ts';
import { recordCorpus } from './record/record-corpus.ts';
import { chooseSamples, type SampleSizes, sampleSizes } from './record/run-samples.ts';
import { startRun } from './record/start-run.ts';
import { StoredParts } from './record/stored-parts.ts';
import { measureAhead } from './run/ahead/measure-ahead.ts';
import { collectGarbage } from './run/collect-garbage.ts';
import { estimateRun } from './run/estimate.ts';
import { finish } from './run/finish.ts';
import { refuseMeasuring } from './run/measuring.ts';
import { lanesRate } from './run/multiplication-rate.ts';
import { machineRoom, sayEstimate } from './run/say-estimate.ts';
import { Stopwatch } from './run/stopwatch.ts';
import { studyJob } from './run/study-job.ts';
import { joinShards } from './shards/join-shards.ts';
import { recordInThreads } from './shards/record-in-threads.ts';
import { refuseShards, requireShards } from './shards/require-shards.ts';
import { runShard } from './shards/run-shard.ts';
import { shardOf } from './shards/shard.ts';
import { givingBackFreed } from './store/freed-memory.ts';
import { checkOut } from './tables/check-out.ts';
import { clearTables } from './tables/clear-tables.ts';

/**
 * Corpus → tables, by the stages in order. The same settings take an interrupted run up where it stopped, and give the
 * same bytes. With a shard, it is that part of the corpus pass alone. Throws UserError for bad input.
 */
export async function run(config: RunConfig, effects: Effects, sizes: SampleSizes = sampleSizes): Promise<void> {
  await checkOut(config);
  if (config.shard !== undefined) return runShard(config, shardOf(config.shard, process.env), effects);
  await ownOut(config.out, 'run', async (lock) => {
    await refuseShards(config.out);
    await runOwned(config, effects, { lock, sizes, joins: undefined });
  });
}

/** The parts of a corpus pass that run --shard made → tables, the same bytes as run's. Throws UserError where one is missing. */
export async function merge(config: MergeConfig, effects: Effects, sizes: SampleSizes = sampleSizes): Promise<void> {
  await checkOut(config);
  const { joinOnly, ...settings } = config;
  await ownOut(config.out, 'merge', async (lock) => {
    await refuseMeasuring(config.out);
    await runOwned(settings, effects, { lock, sizes, joins: joinOnly ? 'only' : 'first' });
  });
}

interface Owned {
  readonly lock: Lock;
  readonly sizes: SampleSizes;
  /** Whether what is recorded is joined from parts, and nothing done after that. */
  readonly joins: 'first' | 'only' | undefined;
}

async function runOwned(config: RunConfig, effects: Effects, owned: Owned): Promise<void> {
  const watch = new Stopwatch(effects.now);
  const inputs = await watch.time('load', () => loadInputs(config, config.out));
  await givingBackFreed(() =>
    closingAfter((onEnd) => {
      onEnd(() => inputs.release());
      return runOn(inputs, config, effects, { ...owned, watch, onEnd });
    }),
  );
}

interface Started extends Owned {
  readonly watch: Stopwatch;
  readonly onEnd: OnEnd;
}

async function runOn(
  inputs: RunInputs,
  config: RunConfig,
  effects: Effects,
  { lock, sizes, joins, watch, onEnd }: Started,
): Promise<void> {
  function stage<T>(name: string, part: () => Promise<T>): Promise<T> {
    collectGarbage();
    return watch.time(name, part);
  }
  for (const note of inputs.notes) effects.log(note);
  const engine = finiteEngine(await createEngine(config));
  const settings = { ...config, backend: engine.backend };
  if (joins) await requireShards(settings, inputs);
  const workspace = await startRun(settings, inputs);
  if (!workspace) return effects.log(`${config.out} is whole already, from these same settings`);

  const packed = await stage('pack', () =>
    packCorpus({ config: settings, inputs, workspace, effects, out: settings.out }),
  );
  const { contexts } = packed;
  onEnd(() => contexts.close());
  const samples = chooseSamples(contexts, config.qualityTokens, sizes);
  const { model, saes, processings, tokenizer } = inputs;
  const { out, segmentTokens, examples, headSequences, upstreamSaes, upstreamExamples, circuitTokens, wiring } =
    settings;
  const batch = passBatch(settings.batch, inputs);
  const budget = budgetOf(settings, contexts);
  if (!joins) {
    const { count, length } = contexts;
    const quality = largestPass(model.config, saes, length, engine);
    const together = blockBatch(batch, length, model.config, engine);
    const lanesUpTo = (most: number) =>
      lanesOf({ engine, model, saes, contexts, threads: settings.threads, ...sizes }, most);
    const recording = lanesUpTo(mostLanes.recording);
    const lanes = { recording: recording.count, measuring: lanesUpTo(mostLanes.measuring).count };
    const sizing = { contexts: count, length, batch: together, quality, lanes };
    const shape = { config: model.config, saes, ...sizing, settings, budget };
    const rate = await lanesRate(engine, recording, settings, effects.now);
    sayEstimate(estimateRun(shape, rate), await machineRoom(out), effects);
  }
  const recording = {
    engine,
    model,
    effects,
    saes,
    contexts,
    workspace,
    batch,
    segmentTokens,
    examples,
    headSequences,
  };
  const shardSeconds = joins ? await stage('join', () => joinShards(out, recording)) : 0;
  if (joins === 'only') return effects.log(`${out}: the parts are joined; measure --shard and merge come next`);
  let before = 0;
  const recorders = await stage('activations', async () => {
    const { threads } = settings;
    before = await recordInThreads({ ...recording, out, threads, dividedTokens: sizes.dividedTokens });
    return recordCorpus(recording);
  });
  // The seconds of a pass in parts are those of all parts.
  const recordedHere = contexts.count - (joins ? 0 : before);
  onEnd(() => closeRecorders(recorders));
  watch.add('activations', shardSeconds);
  await lock.check();
  await clearTables(out);
  const heads = await HeadPeaks.open(recording, workspace);
  const subject = { settings, inputs, engine, contexts, samples, parts: new StoredParts(out), effects };
  const measuring = await measureAhead({ subject, recorders, heads, sizes, fingerprint: workspace.fingerprint });
  onEnd(() => measuring.end());
  const { parts } = measuring;
  const on = { engine: measuring.engine, model, parts, effects };
  // The run's batch is left out: with it, last digits of float32 sums would depend on it.
  const quality = await stage('quality', () =>
    runQuality(parts, {
      ...on,
      saes,
      sample: samples.quality,
      nearestOf: wantedNearest(recorders, settings.neighbours),
    }),
  );
  const { mapNeighbours, seed } = settings;
  // Laid out by a thread of its own, beside what follows.
  const maps = await stage('map', () =>
    startMaps({ ...on, out, saes: recorders.map(aliveFeatures), mapNeighbours, seed }),
  );
  onEnd(() => maps.abandon());
  const { cuts, checks, ...counts } = await stage('tables', () =>
    writeTables({ ...on, settings, tokenizer, processings, contexts, samples, recorders, quality }),
  );
  await writeTrainingCurves(settings.out, inputs.curves);
  await stage('circuits', () => writeHeadCircuits({ ...on, out, saes, samples, circuitTokens }));
  await stage('sequences', () => writeHeadSequences({ ...on, out, contexts, heads }));
  await stage('neighbours', () =>
    writeNeighbours({
      ...{ ...on, out, recorders, decoders: quality.map(({ nearest }) => nearest) },
      ...{ compared: samples.compared, neighbours: settings.neighbours, parts },
    }),
  );
  const taken = await stage('upstream', () =>
    writeUpstream({ ...on, out, contexts, recorders, upstreamSaes, upstreamExamples, limit: budget?.upstream }),
  );
  await stage('wiring', () => writeWiring({ ...on, out, recorders, upstreamSaes, wiring }));
  const study = studyJob({ ...subject, engine: on.engine });
  const studied = await stage('studies', () => runStudies({ study, settings, inputs, parts }));
  await stage('map', maps.finish);
  await lock.check();
  const upstream = taken ?? { tokens: 0, examplesWithout: 0 };
  const spent = budget && { budget, cuts, checks, upstream, studies: studied };
  const { timings } = watch;
  await finish({ settings, inputs, packed, recordedHere, samples, workspace, counts, spent, timings, effects });
}
