import { join } from 'node:path';
import { makeFolder, removeEmptyFolder, removePath } from '../../disk/disk.ts';

/** A folder of a study's own under OUT/.work, where an interrupted run's work may lie beside it. */
export interface Scratch {
  path(name: string): string;
  /** Removes it, and each folder above it, OUT included, that is then empty. */
  discard(): Promise<void>;
}

export async function openScratch(out: string): Promise<Scratch> {
  const work = join(out, '.work');
  const folder = join(work, 'study');
  await removePath(folder);
  await makeFolder(folder);
  return {
    path: (name) => join(folder, name),
    async discard() {
      await removePath(folder);
      for (const empty of [join(work, 'tables'), work, out]) await removeEmptyFolder(empty);
    },
  };
}
