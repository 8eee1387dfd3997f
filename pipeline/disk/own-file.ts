import { takeLock } from './lock.ts';

/** Runs `act` while no other command writes a file. Throws UserError where another does. */
export async function ownFile<T>(path: string, command: string, act: () => Promise<T>): Promise<T> {
  const lock = await takeLock(`${path}.lock`, { command, subject: path });
  try {
    return await act();
  } finally {
    await lock.release();
  }
}
