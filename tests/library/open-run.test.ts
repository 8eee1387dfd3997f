import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeSyntheticRun } from '../../bench/synthetic/synthetic-run.ts';
import { openRun, UserError } from '../../pipeline/index.ts';
import { namedTables } from '../../pipeline/library/named-tables.ts';
import { allTables } from '../../pipeline/tables/schema.ts';

const shape = { layers: 2, features: 3000, heads: 4, vocabulary: 60, seed: 7 };
let out: string;

beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'atlas-'));
  await writeSyntheticRun(out, shape);
});

afterAll(() => rm(out, { recursive: true, force: true }));

test('every table of a run is read under the name of its folder', () => {
  expect(Object.values(namedTables)).toEqual(expect.arrayContaining(allTables));
  for (const [name, table] of Object.entries(namedTables)) expect(table.name).toBe(name);
});

test('a table gives its rows, those of some values, and their number', async () => {
  using run = await openRun(out);
  const { features, heads, saes } = run.tables;
  expect((await saes.rows()).map(({ sae, d_sae }) => [sae, d_sae])).toEqual([
    ['0', 3000],
    ['1', 3000],
  ]);
  const [row, ...others] = await features.rows({ sae: '1', feature: 17 });
  expect(others).toEqual([]);
  expect(row.layer).toBe(1);
  expect(row.head_weights).toHaveLength(shape.heads);
  expect(await features.count({ layer: 1 })).toBe(3000);
  expect(await heads.count()).toBe(8);
  expect(await run.tables.study_ioi_heads.rows()).toEqual([]);
});

test('a table is read row by row, in the order of its rows', async () => {
  using run = await openRun(out);
  const read: string[] = [];
  for await (const { sae, feature } of run.tables.features) read.push(`${sae} ${feature}`);
  expect(read).toEqual((await run.tables.features.rows()).map(({ sae, feature }) => `${sae} ${feature}`));
  expect(read).toHaveLength(6000);
  expect(read[3001]).toBe('1 1');
});

test('a value is no SQL, and a column that is not declared is refused', async () => {
  using run = await openRun(out);
  expect(await run.tables.saes.rows({ sae: "' OR ''='" })).toEqual([]);
  const misspelt: object = { leyer: 1 };
  await expect(run.tables.saes.rows(misspelt)).rejects.toThrow('table saes has no column leyer');
  await expect(run.tables.saes.count({ layer: Number.NaN })).rejects.toThrow('layer is NaN, expected');
});

test('a folder without a run is refused in one line', async () => {
  await expect(openRun(join(out, 'features'))).rejects.toThrow(UserError);
});
