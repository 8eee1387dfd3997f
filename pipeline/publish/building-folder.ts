import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, removePath } from '../disk/disk.ts';
import { isAbandoned, readLock } from '../disk/lock-record.ts';
import { ownFile } from '../disk/own-file.ts';
import { errorCode } from '../errors/system-error.ts';

/** A site in the making, or its lock, named by the process that makes it. */
const building = /^(site-(\d+))(\.lock.*)?$/;

/** Has a site built in a folder of its own under `cache`, which is removed afterwards, as are those that killed builds left. */
export async function withBuildingFolder(cache: string, build: (folder: string) => Promise<void>): Promise<void> {
  await clearAbandoned(cache);
  const folder = join(cache, `site-${process.pid}`);
  await ownFile(folder, 'site', async () => {
    try {
      await removePath(folder);
      await makeFolder(folder);
      await build(folder);
    } finally {
      await removePath(folder);
    }
  });
}

async function clearAbandoned(cache: string): Promise<void> {
  const names = await readdir(cache).catch(() => []);
  for (const name of names) {
    const [, stem, pid] = building.exec(name) ?? [];
    if (stem === undefined || (await isBeingBuilt(join(cache, stem), Number(pid)))) continue;
    await removePath(join(cache, name));
  }
}

async function isBeingBuilt(folder: string, pid: number): Promise<boolean> {
  const lock = await readLock(`${folder}.lock`);
  return lock ? !isAbandoned(lock, Date.now()) : pid !== process.pid && isAlive(pid);
}

/** Version 0.1.0 locked nothing. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
