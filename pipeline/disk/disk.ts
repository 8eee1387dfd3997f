import { constants, copyFile, link, lstat, open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode, withPath } from '../errors/system-error.ts';
import { makeMissing } from './make-missing.ts';

/** What the pipeline may do to files. Whatever writes goes through this folder, so that a test can stop it anywhere. */
export type DiskOperation = 'make' | 'create' | 'write' | 'truncate' | 'sync' | 'link' | 'rename' | 'remove';

/** Hears of each operation before it happens; what it throws stops the operation. */
export type DiskWatch = (operation: DiskOperation, path: string) => void;

let watch: DiskWatch | undefined;

/** Has every operation of this process announced: for tests. */
export function watchDisk(watcher: DiskWatch | undefined): void {
  watch = watcher;
}

/** Announces an operation, does it, and says in one line why it failed. */
export async function change<T>(operation: DiskOperation, path: string, act: () => Promise<T>): Promise<T> {
  watch?.(operation, path);
  try {
    return await act();
  } catch (error) {
    throw withPath(error, path);
  }
}

/** As `change`, for what happens at once. */
export function changeNow<T>(operation: DiskOperation, path: string, act: () => T): T {
  watch?.(operation, path);
  try {
    return act();
  } catch (error) {
    throw withPath(error, path);
  }
}

/** Makes a folder and those above it, durably; the topmost that was not there before, if any. */
export async function makeFolder(path: string): Promise<string | undefined> {
  const first = await change('make', path, () => makeMissing(path));
  if (first === undefined) return undefined;
  for (let made = path; ; made = dirname(made)) {
    await syncFolder(dirname(made));
    if (made === first || made === dirname(made)) return first;
  }
}

/** Puts a file or folder under another name, durably. */
export async function renamePath(from: string, to: string): Promise<void> {
  await change('rename', to, () => rename(from, to));
  await syncFolder(dirname(to));
}

const withoutLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** Gives a file a second name, by a copy where the file system has no links. Throws the system's error if it is taken. */
export async function linkFile(from: string, to: string): Promise<void> {
  watch?.('link', to);
  await link(from, to).catch(async (error: unknown) => {
    if (!withoutLinks.has(errorCode(error) ?? '')) throw error;
    await copyFile(from, to, constants.COPYFILE_EXCL);
  });
}

/** Removes a file, or a folder and all in it, if it is there; links are removed, not followed. */
export async function removePath(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isDirectory()) return change('remove', path, () => rm(path, { force: true }));
  for (const entry of await readdir(path)) await removePath(join(path, entry));
  await change('remove', path, () => rmdir(path));
}

/** Removes a folder if it is empty. */
export async function removeEmptyFolder(path: string): Promise<void> {
  await change('remove', path, () => rmdir(path).catch(() => {}));
}

/** Makes what another library wrote durable. */
export function syncFile(path: string): Promise<void> {
  return change('sync', path, async () => {
    const handle = await open(path, 'r+');
    await handle.sync().finally(() => handle.close());
  });
}

/** Makes the names in a folder durable, where the system can. */
export async function syncFolder(path: string): Promise<void> {
  await change('sync', path, async () => {
    const handle = await open(path, 'r').catch(() => undefined);
    await handle?.sync().catch(() => {});
    await handle?.close();
  });
}
