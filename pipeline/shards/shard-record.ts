import { join } from 'node:path';
import * as z from 'zod';
import { DamagedFile } from '../disk/checksum.ts';
import { readSealedJson, writeSealedJson } from '../disk/sealed-json.ts';
import { shardsFolder } from './plan.ts';
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

const recordFile = (out: string, { number, of }: Shard): string =>
  join(shardsFolder(out), `${number}-of-${of}`, 'finished.json');

/** Nothing where the part is not recorded whole. */
export async function readShardRecord(out: string, shard: Shard): Promise<ShardRecord | undefined> {
  try {
    return recordSchema.safeParse(await readSealedJson(recordFile(out, shard))).data;
  } catch (error) {
    if (error instanceof DamagedFile) return undefined;
    throw error;
  }
}

export const writeShardRecord = (out: string, shard: Shard, record: ShardRecord): Promise<void> =>
  writeSealedJson(recordFile(out, shard), record);
