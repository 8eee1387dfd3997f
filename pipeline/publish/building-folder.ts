import { basename, dirname, join } from 'node:path';
import { makeFolder, removePath } from '../disk/disk.ts';
import { pathKind } from '../files/files.ts';

/** In a site's folder, what of it is in the making. */
const buildingName = '.attention-atlas-building';

/**
 * Has a site built in a folder of its own, on the disk that it is to be on and where its user may write: in the site's
 * folder, or beside it where there is none yet. It is removed afterwards, as is the one that a killed build left; the
 * caller has the site's folder to itself.
 */
export async function withBuildingFolder(out: string, build: (folder: string) => Promise<void>): Promise<void> {
  const isThere = (await pathKind(out)) === 'folder';
  const folder = isThere ? join(out, buildingName) : join(dirname(out), `.${basename(out)}.building`);
  try {
    await removePath(folder);
    await makeFolder(folder);
    await build(folder);
  } catch (error) {
    await removePath(folder).catch(() => {}); // what failed first is what is to be said
    throw error;
  }
  await removePath(folder);
}
