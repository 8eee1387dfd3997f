import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type Effects, silentEffects } from '../../pipeline/effects.ts';
import { run } from '../../pipeline/run.ts';
import { contentsOf, leapingEffects, quickConfig } from './quick-case.ts';
import { removeTemporaryFolders, temporaryFolder } from './reference-case.ts';

afterAll(removeTemporaryFolders);

/** Effects that stop a run after some progress of a stage; every segment before it is committed. */
function stoppingAt(label: string, at: number): Effects {
  const update = (name: string, done: number) => {
    if (name === label && done >= at) throw new Error('stopped');
  };
  return {
    ...leapingEffects().effects,
    progress: (name) => ({ update: (done: number) => update(name, done), end() {} }),
  };
}

test('recorded work of other settings is refused, naming what differs, and stays', async () => {
  const config = quickConfig(join(await temporaryFolder(), 'out'));
  await expect(run(config, stoppingAt('activations', 300))).rejects.toThrow('stopped');
  const before = await contentsOf(config.out);
  await expect(run({ ...config, examples: 3 }, silentEffects())).rejects.toThrow(
    `examples is not that of the interrupted run in ${config.out}: 3, expected 2; use the same settings and inputs, ` +
      `another --out, or remove ${join(config.out, '.work')} to begin anew`,
  );
  expect(await contentsOf(config.out)).toEqual(before);
  await run(config, silentEffects());
});

test('work that recorded nothing yet gives way to other settings', async () => {
  const config = quickConfig(join(await temporaryFolder(), 'out'));
  await expect(run(config, stoppingAt('packing', 0))).rejects.toThrow('stopped');
  await run({ ...config, examples: 3 }, silentEffects());
});

test('tables that only an earlier run of other settings made are not the later run’s', async () => {
  const [out, alone] = [join(await temporaryFolder(), 'out'), join(await temporaryFolder(), 'out')];
  await run(quickConfig(out, { neighbours: 2, circuitTokens: 24, wiring: 2 }), silentEffects());
  expect(await readdir(out)).toEqual(expect.arrayContaining(['neighbours', 'head_circuits', 'wiring']));
  await rm(join(out, 'run.json'));
  for (const folder of [out, alone]) await run(quickConfig(folder), silentEffects());
  expect((await readdir(out)).sort()).toEqual((await readdir(alone)).sort());
});
