import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder, removeEmptyFolder, removePath } from './disk.ts';
import { type Lock, takeLock } from './lock.ts';
import { temporaryEnding } from './replace-file.ts';

const lockName = '.lock';
/** What `replaceFile` was writing when its process was killed. */
const isTemporary = (name: string): boolean => name.endsWith(temporaryEnding);

/**
 * Runs `act` while no other command writes into a folder, which is made where there is none, and removed again when it is
 * empty at the end. What killed commands left half-written in it is cleared first. Throws UserError where another command
 * is at work there.
 */
export async function ownFolder<T>(folder: string, command: string, act: (lock: Lock) => Promise<T>): Promise<T> {
  const made = await makeFolder(folder);
  try {
    const lock = await takeLock(join(folder, lockName), { command, subject: folder });
    try {
      await clearLitter(folder);
      return await act(lock);
    } finally {
      await lock.release();
    }
  } finally {
    if (made !== undefined) await removeEmptyFolders(folder, made);
  }
}

async function clearLitter(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await clearTemporaries(path);
    else if (isTemporary(entry.name)) await removePath(path);
  }
}

async function clearTemporaries(folder: string): Promise<void> {
  for (const name of await readdir(folder)) if (isTemporary(name)) await removePath(join(folder, name));
}

async function removeEmptyFolders(folder: string, topmost: string): Promise<void> {
  for (let path = folder; path.length >= topmost.length; path = dirname(path)) await removeEmptyFolder(path);
}
