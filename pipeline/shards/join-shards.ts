import { dirname, join } from 'node:path';
import { removePath } from '../disk/disk.ts';
import { UserError } from '../errors/user-error.ts';
import type { RecordingOptions } from '../record/recording-options.ts';
import { DamagedPart, joinWorkspaces } from './join-workspaces.ts';
import { readPlan, writePlan } from './plan.ts';
import { type Shard, shardName } from './shard.ts';
import { readShardRecord, shardFolder, shardWork } from './shard-record.ts';
import { shardsOf } from './shards-of.ts';

/**
 * Joins the parts of a corpus pass into the run's own working files, as if one process had recorded them; the parts are
 * removed once that is durable. The seconds that recording took all parts together.
 * Throws UserError where a part is missing or damaged.
 */
export async function joinShards(out: string, options: RecordingOptions): Promise<number> {
  const plan = await readPlan(out);
  if (!plan) throw new UserError(`no parts of a run in ${out}, expected those that run --shard I/N makes`);
  const shards = shardsOf(plan);
  if (!plan.joined) {
    const seconds = await secondsOf(out, shards);
    await joinInto(out, shards, options);
    await writePlan(out, { ...plan, joined: true, seconds });
  }
  for (const shard of shards) await removePath(join(out, shardFolder(shard)));
  return (await readPlan(out))?.seconds ?? 0;
}

/** Throws UserError unless every part is recorded. */
async function secondsOf(out: string, shards: readonly Shard[]): Promise<number> {
  const records = await Promise.all(shards.map((shard) => readShardRecord(out, shard)));
  const missing = shards.filter((_, i) => records[i] === undefined).map(shardName);
  if (missing.length > 0) {
    throw new UserError(
      `parts ${missing.join(', ')} of ${out} are not recorded, expected all: run --shard ${missing[0]} …`,
    );
  }
  return records.reduce((sum, record) => sum + (record?.seconds ?? 0), 0);
}

async function joinInto(out: string, shards: readonly Shard[], options: RecordingOptions): Promise<void> {
  try {
    await joinWorkspaces({ out, shards, folderOf: shardWork }, options);
  } catch (error) {
    throw error instanceof DamagedPart ? await undone(error) : error;
  }
}

/** A damaged part is taken for one that was never recorded. */
async function undone({ message, folder }: DamagedPart): Promise<UserError> {
  await removePath(dirname(folder));
  return new UserError(`${message}: this part is to be recorded again, by run --shard`);
}
