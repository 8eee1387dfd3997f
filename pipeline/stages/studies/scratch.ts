import { mkdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A folder of a study's own under OUT/.work, where an interrupted run's work may lie beside it. */
export interface Scratch {
  path(name: string): string;
  /** Removes it, and each folder above it, OUT included, that is then empty. */
  discard(): Promise<void>;
}

export async function openScratch(out: string): Promise<Scratch> {
  const work = join(out, '.work');
  const folder = join(work, 'study');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return {
    path: (name) => join(folder, name),
    async discard() {
      await rm(folder, { recursive: true, force: true });
      for (const empty of [join(work, 'tables'), work, out]) await rmdir(empty).catch(() => {});
    },
  };
}
