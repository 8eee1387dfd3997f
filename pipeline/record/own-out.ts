import { join } from 'node:path';
import { removePath } from '../disk/disk.ts';
import type { Lock } from '../disk/lock.ts';
import { ownFolder } from '../disk/own-folder.ts';
import { clearTemporaries } from '../disk/temporaries.ts';
import { pathKind } from '../files/files.ts';

/**
 * Runs `act` while no other command writes into OUT. What killed commands left of tables and studies is cleared first,
 * and all unfinished work where OUT holds a finished run. Throws UserError where another command is at work there.
 */
export function ownOut<T>(out: string, command: string, act: (lock: Lock) => Promise<T>): Promise<T> {
  return ownFolder(out, command, async (lock) => {
    const work = join(out, '.work');
    const isFinished = (await pathKind(join(out, 'run.json'))) === 'file';
    for (const litter of isFinished ? [work] : [join(work, 'study'), join(work, 'tables')]) await removePath(litter);
    for (const name of ['measured', 'shards']) await clearTemporaries(join(work, name));
    return act(lock);
  });
}
