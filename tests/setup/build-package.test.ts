import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../files/temporary-folder.ts';

const root = join(import.meta.dirname, '../..');
const compiler = join(root, 'node_modules/typescript/bin/tsc');

test('the library has declarations of its own, whatever it exports', async () => {
  const out = await temporaryFolder();
  const args = [compiler, '-p', join(root, 'tsconfig.types.json'), '--outDir', out];
  expect(spawnSync(process.execPath, args, { encoding: 'utf8' })).toMatchObject({ status: 0, stdout: '' });
  const declared = readFileSync(join(out, 'pipeline/index.d.ts'), 'utf8');
  for (const name of ['run', 'openRun', 'RunSettings', 'UserError']) expect(declared).toContain(name);
  expect(existsSync(join(out, 'pipeline/library/open-run.d.ts'))).toBe(true);
});

test('the package carries the embedded model and no SAEs of models that it has not', async () => {
  const file = new URL('../../pipeline/setup/packed-data.mjs', import.meta.url);
  const { isPackedData } = await import(file.href);
  const data = (name: string) => join(root, 'data', name);
  expect(['model', 'saes', 'demo.json'].map((name) => isPackedData(data(name)))).toEqual([true, true, true]);
  expect(['smollm2', 'checkpoints'].map((name) => isPackedData(data(name)))).toEqual([false, false]);
  expect(isPackedData(`${root}\\data\\smollm2`)).toBe(false);
});
