import { join } from 'node:path';
import * as z from 'zod';
import { removePath } from '../disk/disk.ts';
import { readIntactJson, writeSealedJson } from '../disk/sealed-json.ts';
import type { Shard } from './shard.ts';

const recordSchema = z.object({
  contexts: z.int(),
  /** Seconds that recording took the process which ended it. */
  seconds: z.number(),
  at: z.string(),
});

/** That a part of the corpus is recorded: `finished.json` in its folder. */
export type ShardRecord = z.infer<typeof recordSchema>;

/** A part's folder under OUT/.work, as a path within OUT. */
export const shardFolder = ({ number, of }: Shard): string => join('.work', 'shards', `${number}-of-${of}`);

/** Where in it lies what the part records. */
export const shardWork = (shard: Shard): string => join(shardFolder(shard), 'work');

const startSchema = z.object({
  at: z.string(),
  /** Contexts that were recorded by then. */
  recorded: z.int(),
});

const failureSchema = z.object({ message: z.string(), at: z.string() });

type File = 'finished' | 'started' | 'failed';

const fileOf = (out: string, shard: Shard, file: File): string => join(out, shardFolder(shard), `${file}.json`);

/** Nothing where the part is not recorded whole. */
export const readShardRecord = (out: string, shard: Shard): Promise<ShardRecord | undefined> =>
  readIntactJson(fileOf(out, shard, 'finished'), recordSchema);

export const writeShardRecord = (out: string, shard: Shard, record: ShardRecord): Promise<void> =>
  writeSealedJson(fileOf(out, shard, 'finished'), record);

/** When the process that records a part, or did last, began. */
export const readShardStart = (out: string, shard: Shard): Promise<z.infer<typeof startSchema> | undefined> =>
  readIntactJson(fileOf(out, shard, 'started'), startSchema);

/** Notes that a process begins to record a part; what an earlier one failed of is past. */
export async function writeShardStart(out: string, shard: Shard, recorded: number): Promise<void> {
  await writeSealedJson(fileOf(out, shard, 'started'), { at: new Date().toISOString(), recorded });
  await removePath(fileOf(out, shard, 'failed'));
}

/** What the process that last recorded a part failed of. */
export const readShardFailure = (out: string, shard: Shard): Promise<z.infer<typeof failureSchema> | undefined> =>
  readIntactJson(fileOf(out, shard, 'failed'), failureSchema);

export const writeShardFailure = (out: string, shard: Shard, message: string): Promise<void> =>
  writeSealedJson(fileOf(out, shard, 'failed'), { message, at: new Date().toISOString() });
