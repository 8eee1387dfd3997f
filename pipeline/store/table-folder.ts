import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removePath } from '../disk/disk.ts';
import { errorCode } from '../errors/system-error.ts';
import { UserError } from '../errors/user-error.ts';

const part = /^part-\d{5,}\.parquet$/;

/** The first thing at a table's place that no table put there; nothing where all may give way to another table. */
export async function foreignIn(place: string): Promise<string | undefined> {
  const found = await lstat(place).catch(unlessGone);
  if (found === undefined) return undefined;
  if (!found.isDirectory()) return place; // a link too: what it leads to is somebody's
  const entries = (await readdir(place, { withFileTypes: true }).catch(unlessGone)) ?? [];
  const other = entries.find((entry) => !entry.isFile() || !part.test(entry.name));
  return other && join(place, other.name);
}

function unlessGone(error: unknown): undefined {
  if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR') throw error;
}

/** Removes a table, if it is there. Throws UserError, and removes nothing, where its place holds anything else. */
export async function removeTable(place: string): Promise<void> {
  const foreign = await foreignIn(place);
  if (foreign === undefined) return removePath(place);
  throw new UserError(`cannot replace ${place}: it holds something else, expected a table's files alone (${foreign})`);
}
