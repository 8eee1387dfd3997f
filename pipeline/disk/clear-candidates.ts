import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { removePath } from './disk.ts';
import { isAbandoned, readLock } from './lock-record.ts';

/** Removes the files left beside a lock, which this process holds, by processes killed while trying to take it. */
export async function clearCandidates(lockPath: string): Promise<void> {
  const [folder, prefix] = [dirname(lockPath), `${basename(lockPath)}.`];
  const { mtimeMs: nowMs } = await stat(lockPath);
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix)) continue;
    const found = await readLock(join(folder, name));
    if (found && (found.text === '' || isAbandoned(found, nowMs))) await removePath(join(folder, name));
  }
}
