import { stat } from 'node:fs/promises';
import { UserError } from '../errors/user-error.ts';
import { takeLock } from './lock.ts';
import { clearTemporariesOf } from './temporaries.ts';

/**
 * Runs `act` while no other command writes some files. What killed commands left half-written of them is cleared first.
 * Throws UserError where another command does, or a folder is in the place of one.
 */
export async function ownFiles<T>(paths: readonly string[], command: string, act: () => Promise<T>): Promise<T> {
  const [path, ...others] = paths;
  if (path === undefined) return act();
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) throw new UserError(`${path} is a folder, expected a file`);
  const lock = await takeLock(`${path}.lock`, { command, subject: path });
  try {
    await clearTemporariesOf(path);
    return await ownFiles(others, command, act);
  } finally {
    await lock.release();
  }
}
