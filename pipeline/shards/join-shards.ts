import { dirname, join } from 'node:path';
import { DamagedFile } from '../disk/checksum.ts';
import { removePath } from '../disk/disk.ts';
import { UserError } from '../errors/user-error.ts';
import { closeRecorders, openRecorders } from '../record/activations.ts';
import { HeadPeaks } from '../record/head-peaks.ts';
import { LayerRecorder } from '../record/layer-recorder.ts';
import type { RecordingOptions } from '../record/recording-options.ts';
import { Workspace } from '../record/workspace.ts';
import { readPlan, writePlan } from './plan.ts';
import { contextsOfShard, type Shard, shardName } from './shard.ts';
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
  const { workspace, saes, contexts, effects } = options;
  const folders = await Promise.all(shards.map((shard) => wholePart(out, shard, options)));
  const progress = effects.progress('joining', saes.length, 'saes');
  await workspace.restart();
  const recorders = await openRecorders(options);
  try {
    for (const [i, recorder] of recorders.entries()) {
      await joinSae(recorder, folders, options);
      progress.update(i + 1);
    }
    await workspace.commit(contexts.count, recorders, await joinedPeaks(folders, options));
  } finally {
    await closeRecorders(recorders);
  }
  progress.end();
}

async function joinedPeaks(folders: readonly Workspace[], options: RecordingOptions): Promise<HeadPeaks> {
  const parts: HeadPeaks[] = [];
  try {
    for (const folder of folders) parts.push(await HeadPeaks.open(options, folder));
  } catch (error) {
    throw error instanceof DamagedFile ? await undone(error, folders[parts.length]) : error;
  }
  const joined = await HeadPeaks.open(options, options.workspace);
  joined.join(parts);
  return joined;
}

async function wholePart(out: string, shard: Shard, { workspace, contexts }: RecordingOptions): Promise<Workspace> {
  const part = await Workspace.open(out, workspace.fingerprint, shardWork(shard));
  const { count } = contextsOfShard(shard, contexts.count);
  if (part.contextsRecorded === count) return part;
  await removePath(join(out, shardFolder(shard)));
  throw new UserError(
    `damaged part ${shardName(shard)}: ${part.contextsRecorded} contexts, expected ${count}: it is to be recorded again, by run --shard`,
  );
}

async function joinSae(
  recorder: LayerRecorder,
  folders: readonly Workspace[],
  { engine, model, contexts, examples }: RecordingOptions,
): Promise<void> {
  const parts: LayerRecorder[] = [];
  const { sae } = recorder;
  try {
    for (const { folder, position } of folders.map((own) => ({ folder: own.folder, position: own.position(sae.id) }))) {
      parts.push(await LayerRecorder.open({ engine, model, sae, length: contexts.length, examples, folder }, position));
    }
    recorder.join(parts);
  } catch (error) {
    throw error instanceof DamagedFile ? await undone(error, folders[parts.length]) : error;
  } finally {
    await closeRecorders(parts);
  }
}

/** A damaged part is taken for one that was never recorded. */
async function undone(error: DamagedFile, damaged: Workspace | undefined): Promise<UserError> {
  if (damaged) await removePath(dirname(damaged.folder));
  return new UserError(`${error.message}: this part is to be recorded again, by run --shard`);
}
