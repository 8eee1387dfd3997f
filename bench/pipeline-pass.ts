import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunConfig, runSchema } from '../pipeline/commands/run.ts';
import { silentEffects } from '../pipeline/effects.ts';
import type { Engine } from '../pipeline/engine/program.ts';
import { openFamilies } from '../pipeline/measures/families/families.ts';
import type { LayerSummary } from '../pipeline/measures/heads/heads.ts';
import { computeLogitEffects } from '../pipeline/measures/logits/logits.ts';
import { writeFeatureTables } from '../pipeline/measures/statistics/feature-tables.ts';
import { computeHeadWeights } from '../pipeline/measures/statistics/head-weights.ts';
import { examples, features, type NewExampleRow, type NewFeatureRow } from '../pipeline/measures/statistics/table.ts';
import { openRecorders, recordActivations } from '../pipeline/record/activations.ts';
import { chooseSamples, sampleSizes } from '../pipeline/record/run-samples.ts';
import { Workspace } from '../pipeline/record/workspace.ts';
import { Stopwatch } from '../pipeline/run/stopwatch.ts';
import { openTable, type TableWriter } from '../pipeline/store/writer.ts';
import type { RandomCase } from './random-case.ts';
import { tokensOf } from './shape.ts';

/** Where the rows of the tables go: to Parquet, families and all, or nowhere once they are made, without families. */
export type RowTarget = 'parquet' | 'memory';

export interface PassResult {
  readonly seconds: number;
  readonly tokensPerSecond: number;
  /** Seconds by part. */
  readonly parts: Readonly<Record<string, number>>;
  /** Mean share of tokens at which a feature is active. */
  readonly density: number;
  /** Top examples in the tables, each with its attribution. */
  readonly attributedExamples: number;
}

/** Runs the pipeline's own stages on a case, from packed contexts to rows of the tables `features` and `examples`. */
export async function pipelinePass(benchCase: RandomCase, engine: Engine, target: RowTarget): Promise<PassResult> {
  const folder = await mkdtemp(join(tmpdir(), 'atlas-bench-'));
  try {
    return await timedPass(benchCase, engine, target, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function timedPass(
  { shape, model, sae, contexts }: RandomCase,
  engine: Engine,
  target: RowTarget,
  folder: string,
): Promise<PassResult> {
  const watch = new Stopwatch(() => performance.now());
  const config = defaultConfig(folder);
  const effects = silentEffects();
  const workspace = await Workspace.open(folder, 'bench');
  const tables = await openTables(target, folder);
  const { batch, examples, segmentTokens } = config;
  const recording = { engine, model, saes: [sae], contexts, workspace, batch, examples, segmentTokens, effects };

  const startMs = performance.now();
  const recorder = await watch.time('forward, encode, statistics, DFA', async () => {
    const recorders = await openRecorders(recording);
    await recordActivations(recording, recorders);
    return only(recorders);
  });
  const computed = await watch.time('logit effects, head weights', async () => ({
    logits: await computeLogitEffects(engine, model, sae),
    headWeights: await computeHeadWeights(engine, model, sae),
  }));
  const samples = chooseSamples(contexts, config.qualityTokens, sampleSizes);
  const options = {
    nHeads: shape.nHeads,
    contexts,
    compared: samples.compared,
    window: config.window,
    seed: config.seed,
    tokenText: String,
    ...tables,
    progress: { update() {}, end() {} },
  };
  const summary = await watch.time(target === 'memory' ? 'rows' : 'families, rows, Parquet', async () => {
    const families =
      target === 'memory' ? {} : { families: openFamilies(samples.proxy, { ...shape, windows: null }, String) };
    // Cutting contexts takes as long as there are features, not tokens: it is left out here.
    const written = await writeFeatureTables(recorder, { ...computed, cuts: undefined }, { ...options, ...families });
    await Promise.all([tables.features.close(), tables.examples.close()]);
    return written;
  });
  const seconds = (performance.now() - startMs) / 1000;
  await recorder.close();
  const attributedExamples = recorder.top.state.sizes.reduce((sum, size) => sum + size, 0);
  const tokens = tokensOf(shape);
  const density = densityOf(summary, shape.contexts * (shape.length - 1));
  return { seconds, tokensPerSecond: tokens / seconds, parts: watch.timings, density, attributedExamples };
}

function only<T>([item]: readonly T[]): T {
  if (item === undefined) throw new RangeError('expected one item, got none');
  return item;
}

/** The settings that `atlas run` has when none is given. */
function defaultConfig(out: string): RunConfig {
  return runSchema.parse({ model: 'random', saes: 'random', corpus: ['random'], out });
}

interface Tables {
  readonly features: TableWriter<NewFeatureRow>;
  readonly examples: TableWriter<NewExampleRow>;
}

async function openTables(target: RowTarget, folder: string): Promise<Tables> {
  if (target === 'memory') return { features: noTable(), examples: noTable() };
  return { features: await openTable(folder, features), examples: await openTable(folder, examples) };
}

function noTable<Row>(): TableWriter<Row> {
  return { append: async () => {}, close: async () => {}, abort: async () => {} };
}

function densityOf({ counts }: LayerSummary, tokens: number): number {
  return counts.reduce((sum, count) => sum + count, 0) / (tokens * counts.length);
}
