import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { installedText } from '../../pipeline/training/embedded-config.ts';
import { temporaryFolder } from '../files/temporary-folder.ts';

test('a text of a package is found where npm has put the package: inside, or in a folder above', async () => {
  const top = await temporaryFolder();
  const own = join(top, 'node_modules/attention-atlas/build');
  await mkdir(join(own, 'node_modules/inside'), { recursive: true });
  await mkdir(join(top, 'node_modules/@scope/above'), { recursive: true });
  const found = (name: string) => installedText(join(own, 'node_modules', name), own);
  expect(await found('inside/{a,b}/*.md')).toBe(join(own, 'node_modules/inside/{a,b}/*.md'));
  expect(await found('@scope/above/data/*.txt')).toBe(join(top, 'node_modules/@scope/above/data/*.txt'));
  expect(await found('nowhere/README.md')).toBe(join(own, 'node_modules/nowhere/README.md'));
  expect(await installedText(join(own, 'data/text.txt'), own)).toBe(join(own, 'data/text.txt'));
});
