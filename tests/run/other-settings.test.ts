import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { silentEffects } from '../../pipeline/effects.ts';
import { run } from '../../pipeline/run.ts';
import { quickConfig } from './quick-case.ts';
import { removeTemporaryFolders, temporaryFolder } from './reference-case.ts';

afterAll(removeTemporaryFolders);

test('tables that only an earlier run of other settings made are not the later run’s', async () => {
  const [out, alone] = [join(await temporaryFolder(), 'out'), join(await temporaryFolder(), 'out')];
  await run(quickConfig(out, { neighbours: 2, circuitTokens: 24, wiring: 2 }), silentEffects());
  expect(await readdir(out)).toEqual(expect.arrayContaining(['neighbours', 'head_circuits', 'wiring']));
  await rm(join(out, 'run.json'));
  for (const folder of [out, alone]) await run(quickConfig(folder), silentEffects());
  expect((await readdir(out)).sort()).toEqual((await readdir(alone)).sort());
});
