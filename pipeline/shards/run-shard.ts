import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { RunConfig } from '../commands/run.ts';
import { LockHeld } from '../disk/lock-held.ts';
import { ownFolder } from '../disk/own-folder.ts';
import type { Effects } from '../effects.ts';
import { createEngine, type Engine } from '../engine/index.ts';
import { UserError } from '../errors/user-error.ts';
import { closeRecorders } from '../record/activations.ts';
import type { ContextRange } from '../record/context-range.ts';
import { finiteEngine } from '../record/finite-engine.ts';
import { loadInputs, type RunInputs } from '../record/inputs.ts';
import { ownOut } from '../record/own-out.ts';
import { packCorpus } from '../record/pack-corpus.ts';
import { passBatch } from '../record/pass-batch.ts';
import { recordCorpus } from '../record/record-corpus.ts';
import type { DescribedRun } from '../record/require-same-run.ts';
import { describeRun, startRun } from '../record/start-run.ts';
import { Workspace } from '../record/workspace.ts';
import { givingBackFreed } from '../store/freed-memory.ts';
import { packedContexts } from './packed-contexts.ts';
import { readPlan, requireSamePlan, type ShardPlan, writePlan } from './plan.ts';
import { contextsOfShard, type Shard, shardName } from './shard.ts';
import {
  readShardRecord,
  shardFolder,
  shardWork,
  writeShardFailure,
  writeShardRecord,
  writeShardStart,
} from './shard-record.ts';

interface ShardJob {
  readonly config: RunConfig;
  readonly inputs: RunInputs;
  readonly engine: Engine;
  readonly shard: Shard;
  readonly effects: Effects;
}

const pollMs = 500;

/**
 * One part of the corpus pass, by itself: the first process to come packs the corpus for all, the others wait for it.
 * Done again, a part that died goes on where it was last committed, and one that is whole is left as it is.
 */
export async function runShard(asked: RunConfig, shard: Shard, effects: Effects): Promise<void> {
  const inputs = await loadInputs(asked, asked.out);
  try {
    await givingBackFreed(() => recordShard(inputs, asked, shard, effects));
  } finally {
    await inputs.release();
  }
}

async function recordShard(inputs: RunInputs, asked: RunConfig, shard: Shard, effects: Effects): Promise<void> {
  for (const note of inputs.notes) effects.log(note);
  const engine = finiteEngine(await createEngine(asked));
  const config = { ...asked, backend: engine.backend };
  const job: ShardJob = { config, inputs, engine, shard, effects };
  const plan = await agreedPlan(job);
  if (!plan) return effects.log(`${config.out} is whole already, from these same settings`);
  if (plan.joined) return effects.log(`the parts of ${config.out} are joined already: atlas merge finishes the run`);
  await ownFolder(join(config.out, shardFolder(shard)), `run --shard ${shardName(shard)}`, async (lock) => {
    if (await readShardRecord(config.out, shard)) {
      return effects.log(`part ${shardName(shard)} of ${config.out} is recorded already`);
    }
    try {
      await record(job, plan);
      await lock.check();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      await writeShardFailure(config.out, shard, message).catch(() => {});
      throw error;
    }
  });
}

/** The plan that all parts share, made where there is none; nothing where the run is finished. */
async function agreedPlan(job: ShardJob): Promise<ShardPlan | undefined> {
  const { config, inputs, shard, effects } = job;
  const own = describeRun(config, inputs);
  let waiting = false;
  for (;;) {
    const plan = await readPlan(config.out);
    if (plan) {
      requireSamePlan(config.out, plan, own);
      return requireSameNumber(plan, shard, config.out);
    }
    try {
      const command = `run --shard ${shardName(shard)}, which packs the corpus,`;
      const made = await ownOut(config.out, command, async () => (await readPlan(config.out)) ?? makePlan(job, own));
      if (!made) return undefined;
    } catch (error) {
      if (!(error instanceof LockHeld)) throw error;
      if (!waiting) effects.log(`another process packs the corpus, or finishes the run: waiting (${config.out})`);
      waiting = true;
      await wait(pollMs);
    }
  }
}

function requireSameNumber(plan: ShardPlan, { of }: Shard, out: string): ShardPlan {
  if (plan.of === of) return plan;
  throw new UserError(
    `the run at ${out} is divided into ${plan.of} parts, expected --shard I/${plan.of}, not of ${of}`,
  );
}

async function makePlan(
  { config, inputs, shard, effects }: ShardJob,
  own: DescribedRun,
): Promise<ShardPlan | undefined> {
  const workspace = await startRun(config, inputs);
  if (!workspace) return undefined;
  const { contexts } = await packCorpus({ config, inputs, workspace, effects, out: config.out });
  await contexts.close();
  const { count, length } = contexts;
  const plan = { ...own, of: shard.of, contexts: count, length, at: new Date().toISOString(), joined: false };
  await writePlan(config.out, plan);
  return plan;
}

async function record({ config, inputs, engine, shard, effects }: ShardJob, plan: ShardPlan): Promise<void> {
  const { model, saes } = inputs;
  const { segmentTokens, examples, headSequences, out } = config;
  const startMs = effects.now();
  const contexts = await packedContexts(out, plan);
  try {
    const workspace = await Workspace.open(out, plan.fingerprint, shardWork(shard));
    await writeShardStart(out, shard, workspace.contextsRecorded);
    const part = contextsOfShard(shard, contexts.count);
    const batch = passBatch(config.batch, inputs);
    const recorders = await recordCorpus({
      ...{ engine, model, saes, contexts, workspace, batch, segmentTokens, examples, headSequences, effects, part },
    });
    await closeRecorders(recorders);
    const seconds = (effects.now() - startMs) / 1000;
    await writeShardRecord(out, shard, { contexts: part.count, seconds, at: new Date().toISOString() });
    effects.log(`part ${shardName(shard)} of ${out} is recorded: ${rangeText(part)}`);
  } finally {
    await contexts.close();
  }
}

const rangeText = ({ first, count }: ContextRange): string =>
  count === 0 ? 'no contexts, of which there are fewer than parts' : `contexts ${first} to ${first + count - 1}`;
