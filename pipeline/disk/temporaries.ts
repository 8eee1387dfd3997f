import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { removePath } from './disk.ts';

/** What the names of half-written files end with, so that no user's file is taken for one. */
export const temporaryEnding = '.atlas-tmp';

/** A name for what is to become a file, which no other writer has: several may write the same file at once. */
export const temporaryName = (path: string): string => `${basename(path)}.${randomUUID()}${temporaryEnding}`;

/** Removes what killed processes left half-written in a folder, if it is there; no other may be writing there. */
export const clearTemporaries = (folder: string): Promise<void> =>
  removeWhere(folder, (name) => name.endsWith(temporaryEnding));

/** Removes what killed processes left half-written of one file; no other may be writing it. */
export function clearTemporariesOf(path: string): Promise<void> {
  const { length } = temporaryName(path);
  const isOfIt = (name: string) => name.startsWith(`${basename(path)}.`) && name.length === length;
  return removeWhere(dirname(path), (name) => name.endsWith(temporaryEnding) && isOfIt(name));
}

async function removeWhere(folder: string, isLitter: (name: string) => boolean): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) if (isLitter(name)) await removePath(join(folder, name));
}
