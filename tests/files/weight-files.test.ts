import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeWeightFiles, WeightFiles } from '../../pipeline/files/weight-files.ts';
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
