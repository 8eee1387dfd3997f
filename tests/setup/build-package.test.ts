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
