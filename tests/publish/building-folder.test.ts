import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { watchDisk } from '../../pipeline/disk/disk.ts';
import { withBuildingFolder } from '../../pipeline/publish/building-folder.ts';
import { temporaryFolder } from '../files/temporary-folder.ts';

test('what a build failed of is said, also where its folder cannot be removed', async () => {
  const parent = await temporaryFolder();
  const failing = withBuildingFolder(join(parent, 'site'), async (folder) => {
    watchDisk((operation, path) => {
      if (operation === 'remove' && path === folder) throw new Error('the folder is not empty');
    });
    throw new Error('the page has no title');
  });
  await expect(failing.finally(() => watchDisk(undefined))).rejects.toThrow('the page has no title');
});

test('the folder of a build is gone when it fails, and when it ends', async () => {
  const parent = await temporaryFolder();
  const out = join(parent, 'site');
  await withBuildingFolder(out, async () => {});
  const failing = withBuildingFolder(out, async () => {
    throw new Error('failed');
  });
  await expect(failing).rejects.toThrow('failed');
  expect(await readdir(parent)).toEqual([]);
});
