import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { ownFiles } from '../../pipeline/disk/own-file.ts';
import { temporaryName } from '../../pipeline/disk/temporaries.ts';
import { removeTemporaryFolders, temporaryFolder } from '../run/reference-case.ts';

afterEach(removeTemporaryFolders);

it('a file is cleared of what killed commands left half-written of it, and of no other file', async () => {
  const folder = await temporaryFolder();
  const others = ['a.json', temporaryName('a.json.gz'), temporaryName('b.json'), 'a.json.mine'];
  for (const name of [...others, temporaryName('a.json'), temporaryName('a.json')]) {
    await writeFile(join(folder, name), 'x');
  }
  await ownFiles([join(folder, 'a.json')], 'evaluate', async () => {});
  expect((await readdir(folder)).sort()).toEqual(others.sort());
});
