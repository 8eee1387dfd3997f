import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ownIdentity } from '../../pipeline/disk/process-identity.ts';
import { removeAbandonedWeights, removeWeightFiles, WeightFiles } from '../../pipeline/files/weight-files.ts';
import { float32 } from '../../pipeline/numbers/tensor.ts';
import { readRow } from '../../pipeline/numbers/tensor-rows.ts';

let out: string;
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'atlas-weights-'));
});
afterEach(() => rm(out, { recursive: true }));

const numbers = 1 << 19;
const matrix = () =>
  float32(
    [2, numbers / 2],
    Float32Array.from({ length: numbers }, (_, i) => i / 3),
  );

it('gives back what it was given, whole and by row', async () => {
  const files = await WeightFiles.open(out);
  const kept = await files.keep(matrix());
  expect(kept.file).toBeDefined();
  expect(kept.shape).toEqual([2, numbers / 2]);
  expect(kept.data).toEqual(matrix().data);
  const row = new Float32Array(numbers / 2);
  readRow(kept, 1, row);
  expect(row).toEqual(matrix().data.subarray(numbers / 2));
  await files.remove();
  expect(await readdir(out)).toEqual([]);
});

it('keeps those of one model apart from those of another in the same folder', async () => {
  const [first, second] = [await WeightFiles.open(out), await WeightFiles.open(out)];
  const [kept] = [await first.keep(matrix()), await second.keep(matrix())];
  await second.remove();
  expect(kept.data).toEqual(matrix().data);
  expect(await readdir(out)).toHaveLength(1);
  await first.remove();
});

it('keeps those of one thread apart from those of another in the same folder', async () => {
  const opener = new URL('./open-weights.ts', import.meta.url);
  const threads = [0, 1].map(() => new Worker(opener, { workerData: out, execArgv: [] }));
  await Promise.all(threads.map((thread) => once(thread, 'exit')));
  expect(await readdir(out)).toHaveLength(2);
});

it('leaves a small tensor in memory, and one in a file where it is', async () => {
  const files = await WeightFiles.open(out);
  const small = float32([3]);
  expect(await files.keep(small)).toBe(small);
  const kept = await files.keep(matrix());
  expect(await files.keep(kept)).toBe(kept);
  await files.remove();
});

it('clears what a killed process left', async () => {
  await (await WeightFiles.open(out)).keep(matrix());
  await removeWeightFiles(out);
  expect(await readdir(out)).toEqual([]);
});

it('removes what a process of this machine left that is gone, and nothing of another', async () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  const own = ownIdentity();
  const owners = {
    gone: { ...own, pid },
    'given again': { ...own, started: 'long ago' },
    mine: own,
    'of another machine': { ...own, pid, machine: 'another' },
  };
  for (const [name, owner] of Object.entries(owners)) {
    await mkdir(join(out, `.weights-${name}`));
    await writeFile(join(out, `.weights-${name}`, 'owner.json'), JSON.stringify(owner));
  }
  await mkdir(join(out, '.weights-of nobody'));
  const files = await WeightFiles.open(out);
  await files.keep(matrix());
  await removeAbandonedWeights(out);
  const left = (await readdir(out)).filter((name) => !name.includes(String(process.pid)));
  expect(left.toSorted()).toEqual(['.weights-mine', '.weights-of another machine', '.weights-of nobody']);
  await files.remove();
  await removeAbandonedWeights(join(out, 'nowhere'));
});

it('says who is at work there as long as he is', async () => {
  const files = await WeightFiles.open(out);
  const [name = ''] = await readdir(out);
  expect(JSON.parse(await readFile(join(out, name, 'owner.json'), 'utf8'))).toEqual(ownIdentity());
  await files.remove();
  expect(await readdir(out)).toEqual([]);
});
