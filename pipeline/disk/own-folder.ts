import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder, removeEmptyFolder } from './disk.ts';
import { type Lock, takeLock } from './lock.ts';
import { clearTemporaries } from './temporaries.ts';

const lockName = '.lock';

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

/** In it and in the folders in it. */
async function clearLitter(folder: string): Promise<void> {
  await clearTemporaries(folder);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await clearTemporaries(join(folder, entry.name));
  }
}

async function removeEmptyFolders(folder: string, topmost: string): Promise<void> {
  for (let path = folder; path.length >= topmost.length; path = dirname(path)) await removeEmptyFolder(path);
}
