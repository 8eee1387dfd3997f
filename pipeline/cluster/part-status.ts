import { join } from 'node:path';
import { isAbandoned, readLock } from '../disk/lock-record.ts';
import { recordedIn } from '../record/workspace.ts';
import type { ShardPlan } from '../shards/plan.ts';
import { contextsOfShard, type Shard, shardName } from '../shards/shard.ts';
import { readShardFailure, readShardRecord, readShardStart, shardFolder, shardWork } from '../shards/shard-record.ts';

/** How far a part of the corpus is. */
export interface PartStatus {
  readonly state: 'done' | 'running' | 'failed' | 'waiting';
  readonly recorded: number;
  /** Since its process started; 0 of one that does not run. */
  readonly contextsPerSecond: number;
  readonly line: string;
}

/** A part's status by its markers: what it recorded, whether its lock is held, what it failed of. */
export async function partStatus(out: string, shard: Shard, plan: ShardPlan, nowMs: number): Promise<PartStatus> {
  const { count } = contextsOfShard(shard, plan.contexts);
  const folder = join(out, shardFolder(shard));
  const name = `part ${shardName(shard)}`;
  const still = { contextsPerSecond: 0 };
  if (await readShardRecord(out, shard)) return { ...still, state: 'done', recorded: count, line: `${name}: done` };
  const { contexts: recorded, atMs } = await recordedIn(join(out, shardWork(shard)));
  const started = await readShardStart(out, shard);
  const far = `${recorded} of ${count} contexts`;
  const lock = await readLock(join(folder, '.lock'));
  if (lock && !isAbandoned(lock, nowMs)) {
    const seconds = started && atMs !== undefined ? (atMs - Date.parse(started.at)) / 1000 : 0;
    const contextsPerSecond = started && seconds > 0 ? (recorded - started.recorded) / seconds : 0;
    const where = lock.record ? ` on ${lock.record.host}, process ${lock.record.pid}, since ${lock.record.since}` : '';
    return { state: 'running', recorded, contextsPerSecond, line: `${name}: running${where}; ${far}` };
  }
  if (!started) return { ...still, state: 'waiting', recorded, line: `${name}: not begun` };
  const failure = (await readShardFailure(out, shard))?.message ?? 'its process ended without a word';
  return { ...still, state: 'failed', recorded, line: `${name}: failed, ${failure}; ${far} are kept` };
}
