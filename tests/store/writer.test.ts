import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hostileTokens } from '../../bench/synthetic/hostile-tokens.ts';
import { vocabulary } from '../../pipeline/record/table.ts';
import {
  bool,
  type Columns,
  double,
  float,
  int,
  list,
  lowerBound,
  type NewRowOf,
  nullable,
  struct,
  type Table,
  text,
  upperBound,
} from '../../pipeline/store/column-types.ts';
import { openQueries } from '../../pipeline/store/query.ts';
import { openTable } from '../../pipeline/store/writer.ts';
import { temporaryFolder } from '../tables/temporary-folder.ts';

function tableOf<const C extends Columns>(columns: C, fileRows = 4096): Table<C> {
  return { name: 't', columns, sortedBy: [], rowGroupRows: 2048, fileRows };
}

async function write<T extends Table>(outDir: string, table: T, batches: readonly NewRowOf<T>[][]): Promise<void> {
  const writer = await openTable(outDir, table);
  for (const batch of batches) await writer.append(batch);
  await writer.close();
}

async function read<C extends Columns>(outDir: string, table: Table<C>) {
  const queries = await openQueries(outDir, [table]);
  const names = Object.keys(table.columns).map((name) => `"${name}"`);
  const rows = await queries.rows(table.columns, `SELECT ${names.join(', ')} FROM "${table.name}"`);
  queries.close();
  return rows;
}

async function digest(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(folder)).sort()) hash.update(name).update(await readFile(join(folder, name)));
  return hash.digest('hex');
}

test('float32 values survive to the bit, the smallest and the negative zero among them', async () => {
  const outDir = await temporaryFolder();
  const table = tableOf({ one: float, many: list(float) });
  const values = Float32Array.of(0.1, 1 / 3, 1e-45, 3.4028234663852886e38, -0, 16_777_217);
  await write(outDir, table, [Array.from(values, (one) => ({ one, many: values }))]);
  const rows = await read(outDir, table);
  expect(Float32Array.from(rows, (row) => row.one)).toEqual(values);
  expect(rows.map((row) => row.many)).toEqual(Array.from(values, () => values));
});

test('whatever waits for a turn has one while rows are added, before a file of them is written', async () => {
  const outDir = await temporaryFolder();
  const writer = await openTable(outDir, tableOf({ one: int }, 2 ** 20));
  let turns = 0;
  const waiting = () => {
    turns++;
    immediate = setImmediate(waiting);
  };
  let immediate = setImmediate(waiting);
  await writer.append(Array.from({ length: 4 * 2048 }, (_, one) => ({ one })));
  clearImmediate(immediate);
  await writer.abort();
  expect(turns).toBeGreaterThanOrEqual(3);
});

test('true, false and null survive, in a column, a list and a struct', async () => {
  const outDir = await temporaryFolder();
  const table = tableOf({ one: bool, maybe: nullable(bool), many: list(bool), deep: struct({ is: bool }) });
  const rows = [true, false, null, true].map((maybe, i) => ({
    ...{ one: i % 2 === 0, maybe, many: [true, false, i === 1], deep: { is: i === 2 } },
  }));
  await write(outDir, table, [rows]);
  expect(await read(outDir, table)).toEqual(rows);
  await expect(write(outDir, tableOf({ one: bool }), [[{ one: JSON.parse('1') }]])).rejects.toThrow(
    'expected true or false, got 1',
  );
});

test.each([
  ['one', { one: Number.NaN, many: [1], deep: null }, 'NaN'],
  ['one', { one: 1e300, many: [1], deep: null }, 'Infinity'],
  ['many', { one: 1, many: Float32Array.of(1, Number.NEGATIVE_INFINITY), deep: null }, '-Infinity'],
  ['deep', { one: 1, many: [1], deep: { share: Number.NaN } }, 'NaN'],
])('no number that is not finite enters a table: its column and row are named (%s)', async (column, bad, value) => {
  const outDir = await temporaryFolder();
  const columns = { layer: int, one: float, many: list(float), deep: nullable(struct({ share: double })) };
  const table = { ...tableOf(columns), sortedBy: ['layer'] };
  const fine = { layer: 3, one: 1, many: [2], deep: null };
  await expect(write(outDir, table, [[fine, { layer: 4, ...bad }]])).rejects.toThrow(
    `not finite: t.${column} of layer 4 is ${value};`,
  );
});

test('an interval without bounds is null in the table and infinite when read', async () => {
  const outDir = await temporaryFolder();
  const table = tableOf({ low: lowerBound, mean: nullable(struct({ value: double, high: upperBound })) });
  const rows = [
    { low: Number.NEGATIVE_INFINITY, mean: { value: 1, high: Number.POSITIVE_INFINITY } },
    { low: -2, mean: null },
    { low: 3, mean: { value: 2, high: 5 } },
  ];
  await write(outDir, table, [rows]);
  expect(await read(outDir, table)).toEqual(rows);
  await expect(write(outDir, table, [[{ low: Number.NaN, mean: null }]])).rejects.toThrow('not finite: t.low');
});

test('hostile texts and bytes come back as they went', async () => {
  const outDir = await temporaryFolder();
  const rows = hostileTokens.map((token, token_id) => ({ token_id, token, bytes: new TextEncoder().encode(token) }));
  await write(outDir, vocabulary, [rows]);
  expect(await read(outDir, vocabulary)).toEqual(rows);
});

test('a lone surrogate, which UTF-8 cannot hold, becomes U+FFFD', async () => {
  const outDir = await temporaryFolder();
  const table = tableOf({ token: text });
  await write(outDir, table, [[{ token: 'a\uD800b' }]]);
  expect(await read(outDir, table)).toEqual([{ token: 'a\uFFFDb' }]);
});

test('nulls, empty lists and structs keep apart', async () => {
  const outDir = await temporaryFolder();
  const pair = struct({ name: text, values: list(int) });
  const table = tableOf({
    maybe: nullable(list(float)),
    pairs: list(pair),
    scores: nullable(struct({ share: nullable(float) })),
  });
  const rows = [
    { maybe: null, pairs: [], scores: { share: null } },
    { maybe: new Float32Array(0), pairs: [{ name: '', values: Int32Array.of(1, 2) }], scores: null },
    {
      maybe: Float32Array.of(0.5),
      pairs: [
        { name: 'x', values: new Int32Array(0) },
        { name: 'y', values: Int32Array.of(-1) },
      ],
      scores: { share: 1 },
    },
  ];
  await write(outDir, table, [rows]);
  expect(await read(outDir, table)).toEqual(rows);
});

test('a struct after a null one keeps its own values', async () => {
  const outDir = await temporaryFolder();
  const table = tableOf({ maybe: nullable(struct({ id: int, many: list(float), share: nullable(float) })) });
  const of = (id: number) => ({ maybe: { id, many: Float32Array.of(id, 0.5), share: id % 2 ? 0.25 : null } });
  const rows = [of(1), { maybe: null }, of(3), { maybe: null }, of(4), of(5)];
  await write(outDir, table, [rows]);
  expect(await read(outDir, table)).toEqual(rows);
});

test('rows keep their order over chunks, row groups and files, however they are appended', async () => {
  const [whole, pieces] = [await temporaryFolder(), await temporaryFolder()];
  const table = tableOf({ id: int, items: list(int), note: nullable(text) });
  const rows = Array.from({ length: 9000 }, (_, id) => ({
    id,
    items: Int32Array.from({ length: id % 7 }, () => id),
    note: id % 3 ? `row ${id}` : null,
  }));
  await write(whole, table, [rows]);
  await write(pieces, table, [rows.slice(0, 1), rows.slice(1, 5000), [], rows.slice(5000)]);
  expect(await readdir(join(whole, 't'))).toHaveLength(3);
  expect(await read(whole, table)).toEqual(rows);
  expect(await digest(join(pieces, 't'))).toBe(await digest(join(whole, 't')));
});

test('a table without rows can still be read', async () => {
  const outDir = await temporaryFolder();
  await write(outDir, tableOf({ id: int }), []);
  expect(await read(outDir, tableOf({ id: int }))).toEqual([]);
});

test('a table appears only when closed, and replaces the one before', async () => {
  const outDir = await temporaryFolder();
  const table = tableOf({ id: int });
  await write(outDir, table, [[{ id: 1 }]]);
  const writer = await openTable(outDir, table);
  await writer.append(Array.from({ length: 5000 }, () => ({ id: 2 })));
  expect(await read(outDir, table)).toEqual([{ id: 1 }]);
  await writer.close();
  expect(await read(outDir, table)).toHaveLength(5000);
});

test('a table never takes the place of what no table put there', async () => {
  const outDir = await temporaryFolder();
  await mkdir(join(outDir, 't'));
  await writeFile(join(outDir, 't', 'thesis.txt'), 'years of work');
  const writer = await openTable(outDir, tableOf({ id: int }));
  await writer.append([{ id: 1 }]);
  await expect(writer.close()).rejects.toThrow(/^cannot replace .*t: it holds something else, .*thesis\.txt\)$/);
  await writer.abort();
  expect(await readFile(join(outDir, 't', 'thesis.txt'), 'utf8')).toBe('years of work');
});

test('an aborted table leaves nothing behind', async () => {
  const outDir = await temporaryFolder();
  const writer = await openTable(outDir, tableOf({ id: int }));
  await writer.append([{ id: 2 }]);
  await writer.abort();
  expect(existsSync(join(outDir, 't'))).toBe(false);
  expect(existsSync(join(outDir, '.work', 'tables', 't'))).toBe(false);
});

test('aborting a closed table leaves it in its place', async () => {
  const outDir = await temporaryFolder();
  const table = tableOf({ id: int });
  const writer = await openTable(outDir, table);
  await writer.append([{ id: 2 }]);
  await writer.close();
  await writer.abort();
  expect(await read(outDir, table)).toEqual([{ id: 2 }]);
});

test('a file that cannot be written is a line for the user, and the table can be given up', async () => {
  const outDir = await temporaryFolder();
  const writer = await openTable(outDir, tableOf({ id: int }));
  await rm(join(outDir, '.work'), { recursive: true });
  await expect(writer.close()).rejects.toThrow(/^cannot write .*part-00000.parquet: IO Error: Cannot open file/);
  await writer.abort();
});

test.each([1.5, 2 ** 31, Number.NaN])('the integer column refuses %d', async (id) => {
  const outDir = await temporaryFolder();
  await expect(write(outDir, tableOf({ id: int }), [[{ id }]])).rejects.toThrow(
    `t.id: expected a number that the column can hold, got ${id}`,
  );
  await expect(write(outDir, tableOf({ ids: list(int) }), [[{ ids: [id] }]])).rejects.toThrow('t.ids: expected');
});
