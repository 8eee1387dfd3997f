import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runWorkers } from '../../../site/bulk/run-workers.ts';

const script = new URL('./waiting-worker.ts', import.meta.url);

test('a command that is to stop ends all workers', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'atlas-'));
  const stop = () => {
    throw new Error('interrupted');
  };
  const saes = ['0', '1', '2'];
  await expect(runWorkers(script, { folder }, { saes, features: 3 }, stop)).rejects.toThrow('interrupted');
  for (const pid of await readdir(folder)) expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
  await rm(folder, { recursive: true });
});

test('a worker that fails ends the others, and none writes on', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'atlas-'));
  const saes = ['wrong', '0', '1', '2', '3'];
  const begun = performance.now();
  await expect(runWorkers(script, { folder }, { saes, features: 5 })).rejects.toThrow('this SAE cannot be written');
  expect(performance.now() - begun).toBeLessThan(30_000); // they would stay for a minute
  for (const pid of await readdir(folder)) expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
  await rm(folder, { recursive: true });
});
