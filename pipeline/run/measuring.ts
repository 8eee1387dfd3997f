import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { ownFolder } from '../disk/own-folder.ts';
import { readIntactJson, writeSealedJson } from '../disk/sealed-json.ts';
import { pathKind } from '../files/files.ts';
import { StoredParts } from '../record/stored-parts.ts';
import { type Shard, shardName } from '../shards/shard.ts';

const folderOf = (out: string) => join(out, '.work', 'measuring');
const namesFile = (out: string) => join(folderOf(out), 'parts.json');

/** Runs `act` while no other process measures the same share. */
export async function whileMeasuring(
  out: string,
  shard: Shard,
  act: (place: MeasuringPlace) => Promise<void>,
): Promise<void> {
  const folder = join(folderOf(out), `${shard.number}-of-${shard.of}`);
  const place: MeasuringPlace = {
    parts: new StoredParts(out, folder),
    noteNames: (names) => writeSealedJson(namesFile(out), names, folder),
  };
  await ownFolder(folder, `measure --shard ${shardName(shard)}`, () => act(place));
}

/** Where a process that measures writes what others write at the same time; what it leaves half-written is in a folder of its own. */
interface MeasuringPlace {
  readonly parts: StoredParts;
  /** Notes for status what all processes compute together. */
  noteNames(names: readonly string[]): Promise<void>;
}

/** How far the measures of a run in parts are. */
export interface MeasureProgress {
  readonly names: readonly string[];
  readonly stored: readonly string[];
  /** One of each process that measures, or did. */
  readonly folders: readonly string[];
}

/** Nothing where no process has measured yet. */
export async function readMeasureProgress(out: string): Promise<MeasureProgress | undefined> {
  const names = await readIntactJson(namesFile(out), z.array(z.string()));
  if (!names) return undefined;
  const stored = await new StoredParts(out).stored();
  return { names, stored: names.filter((name) => stored.has(name)), folders: await foldersOf(out) };
}

/** Throws UserError where a process measures a part: merge, when it is done, would take its folder away. */
export async function refuseMeasuring(out: string): Promise<void> {
  for (const folder of await foldersOf(out)) await ownFolder(folder, 'merge', async () => {});
}

async function foldersOf(out: string): Promise<string[]> {
  const folder = folderOf(out);
  const names = (await pathKind(folder)) === 'folder' ? await readdir(folder) : [];
  return names.filter((name) => name.includes('-of-')).map((name) => join(folder, name));
}
