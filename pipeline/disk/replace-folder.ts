import { lstat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { removePath, renamePath } from './disk.ts';

/** What a folder is called from when it makes way for another until that one stands. */
const formerOf = (place: string): string => join(dirname(place), `.${basename(place)}.outgoing`);

/** Puts a folder in the place of another: at no time are both gone. */
export async function replaceFolder(work: string, place: string): Promise<void> {
  const former = formerOf(place);
  await removePath(former);
  if (await isThere(place)) await renamePath(place, former);
  await renamePath(work, place);
  await removePath(former);
}

/** Puts back a folder whose replacement was killed before it stood. */
export async function restoreFolder(place: string): Promise<void> {
  const former = formerOf(place);
  if ((await isThere(former)) && !(await isThere(place))) await renamePath(former, place);
}

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );
