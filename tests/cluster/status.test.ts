import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { statusLines } from '../../pipeline/cluster/status.ts';
import { ownFolder } from '../../pipeline/disk/own-folder.ts';
import { silentEffects } from '../../pipeline/effects.ts';
import { measure } from '../../pipeline/run/measure.ts';
import { merge, run } from '../../pipeline/run.ts';
import { leapingEffects, quickConfig } from '../run/quick-case.ts';
import { removeTemporaryFolders, temporaryFolder } from '../run/reference-case.ts';

afterAll(removeTemporaryFolders);

it('tells of a run in parts what is done, running, failed and left, from its folder alone', {
  timeout: 60_000,
}, async () => {
  const out = await temporaryFolder();
  const config = quickConfig(out);
  const lines = () => statusLines(out, Date.now());
  await expect(lines()).rejects.toThrow(`no run in ${out}`);
  const { effects } = leapingEffects();
  const dying = {
    ...effects,
    progress: () => ({
      update(done: number) {
        if (done > 60) throw new Error('the disk is full');
      },
      end() {},
    }),
  };
  await run({ ...config, shard: '1/4' }, silentEffects());
  await expect(run({ ...config, shard: '3/4', segmentTokens: 24 }, dying)).rejects.toThrow('the disk is full');
  await ownFolder(join(out, '.work/shards/4-of-4'), 'run --shard 4/4', async () => {
    const said = await lines();
    expect(said.slice(0, 3)).toEqual([
      `${out}: in 4 parts, 20 contexts`,
      expect.stringMatching(/^corpus: 1 done, 1 running, 1 failed, 1 waiting; 7 of 20 contexts/),
      '  part 2/4: not begun',
    ]);
    expect(said[3]).toBe('  part 3/4: failed, the disk is full; 2 of 5 contexts are kept');
    expect(said[4]).toContain(`part 4/4: running on ${hostname()}, process ${process.pid}`);
  });
  for (const shard of ['2/4', '3/4', '4/4']) await run({ ...config, shard }, silentEffects());
  expect((await lines())[1]).toBe('corpus: 4 done, 0 running, 0 failed, 0 waiting; 20 of 20 contexts');
  await merge({ ...config, joinOnly: true }, silentEffects());
  await measure({ ...config, shard: '1/1' }, silentEffects());
  expect((await lines()).slice(1)).toEqual([
    'corpus: 4 parts joined',
    'measures: 2 of 2 parts stored, 0 processes running',
  ]);
  await merge({ ...config, joinOnly: false }, silentEffects());
  expect(await lines()).toEqual([`${out}: finished`]);
});

it('tells of a run without parts how much of it is recorded', { timeout: 60_000 }, async () => {
  const out = await temporaryFolder();
  const config = quickConfig(out);
  const { effects } = leapingEffects();
  const stopping = {
    ...effects,
    progress: (label: string) => ({
      update(done: number) {
        if (label === 'activations' && done > 250) throw new Error('the disk is full');
      },
      end() {},
    }),
  };
  await expect(run(config, stopping)).rejects.toThrow('the disk is full');
  expect(await statusLines(out, Date.now())).toEqual([`${out}: in one part, 10 contexts recorded`]);
});

it('takes a lock whose process is gone for no sign of life', async () => {
  const out = await temporaryFolder();
  const config = quickConfig(out);
  await run({ ...config, shard: '1/2' }, silentEffects());
  await ownFolder(join(out, '.work/shards/2-of-2'), 'run --shard 2/2', async () => {
    const lock = join(out, '.work/shards/2-of-2/.lock');
    const record = {
      host: hostname(),
      machine: 'an earlier boot',
      pid: 1,
      started: '1',
      since: '',
      command: '',
      token: 'x',
    };
    await writeFile(lock, JSON.stringify(record));
    const inTwoMinutes = Date.now() + 121_000;
    expect((await statusLines(out, inTwoMinutes))[2]).toBe('  part 2/2: not begun');
  });
});
