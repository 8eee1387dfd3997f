import { join } from 'node:path';
import type { MeasureConfig } from '../commands/measure.ts';
import type { Effects } from '../effects.ts';
import { createEngine } from '../engine/index.ts';
import { UserError } from '../errors/user-error.ts';
import { pathKind } from '../files/files.ts';
import { finiteEngine } from '../record/finite-engine.ts';
import { loadInputs, type RunInputs } from '../record/inputs.ts';
import { chooseSamples, type SampleSizes, sampleSizes } from '../record/run-samples.ts';
import type { MeasurePart, StoredParts } from '../record/stored-parts.ts';
import { Workspace } from '../record/workspace.ts';
import { packedContexts } from '../shards/packed-contexts.ts';
import { readPlan, type ShardPlan } from '../shards/plan.ts';
import { requireShards } from '../shards/require-shards.ts';
import { type Shard, shardName, shardOf } from '../shards/shard.ts';
import { givingBackFreed } from '../store/freed-memory.ts';
import { checkOut } from '../tables/check-out.ts';
import { collectGarbage } from './collect-garbage.ts';
import { computeMissing, groupsOf } from './compute-missing.ts';
import { whileMeasuring } from './measuring.ts';
import { recordedParts } from './recorded-parts.ts';

/**
 * Computes every N-th part of what the stages behind the corpus pass need, and stores it for merge: the quality of the SAEs,
 * context cuts, upstream sums and wiring by SAE, circuits by layer, studies. What is stored already is not done again.
 */
export async function measure(
  config: MeasureConfig,
  effects: Effects,
  sizes: SampleSizes = sampleSizes,
): Promise<void> {
  await checkOut(config);
  const shard = shardOf(config.shard ?? '1/1', process.env);
  const inputs = await loadInputs(config, config.out);
  try {
    await givingBackFreed(() => measureShard(inputs, shard, config, { effects, sizes }));
  } finally {
    await inputs.release();
  }
}

async function measureShard(
  inputs: RunInputs,
  shard: Shard,
  config: MeasureConfig,
  { effects, sizes }: { readonly effects: Effects; readonly sizes: SampleSizes },
): Promise<void> {
  for (const note of inputs.notes) effects.log(note);
  const engine = finiteEngine(await createEngine(config));
  const settings = { ...config, backend: engine.backend };
  await requireShards(settings, inputs);
  const { out } = settings;
  if ((await pathKind(join(out, 'run.json'))) === 'file') return effects.log(`${out} is whole already`);
  const plan = await joinedPlan(out);
  await whileMeasuring(out, shard, async ({ parts, noteNames }) => {
    const contexts = await packedContexts(out, plan);
    try {
      const samples = chooseSamples(contexts, settings.qualityTokens, sizes);
      const workspace = await Workspace.openWhole(out, plan);
      const all = await recordedParts({ settings, inputs, engine, contexts, samples, parts, effects }, workspace);
      await noteNames(all.map(({ name }) => name));
      await computeOwn(all, shard, parts, effects);
    } finally {
      await contexts.close();
    }
  });
}

async function computeOwn(
  all: readonly MeasurePart[],
  shard: Shard,
  parts: StoredParts,
  effects: Effects,
): Promise<void> {
  const own = all.filter((_, i) => i % shard.of === shard.number - 1);
  let computed = 0;
  for (const group of groupsOf(own)) {
    collectGarbage();
    computed += await computeMissing(group, parts);
  }
  effects.log(
    `part ${shardName(shard)} of the measures: ${computed} of its ${own.length} computed, the rest was there`,
  );
}

async function joinedPlan(out: string): Promise<ShardPlan> {
  const plan = await readPlan(out);
  if (plan?.joined) return plan;
  throw new UserError(`the parts of ${out} are not joined, expected merge --join-only before measure`);
}
