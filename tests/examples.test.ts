import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeSyntheticRun } from '../bench/synthetic/synthetic-run.ts';
import type { ColumnType } from '../pipeline/store/column-types.ts';
import { tables } from '../pipeline/tables/schema.ts';
import { queriedIn } from './example-script.ts';

const example = (name: string): Promise<string> => readFile(join(import.meta.dirname, '../examples', name), 'utf8');
const shape = { layers: 2, features: 60, heads: 4, vocabulary: 60, seed: 7 };

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atlas-'));
  await writeSyntheticRun(join(folder, 'runs/demo'), shape);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('the SQL reads the strongest induction features with their tokens, and every head with its scores', async () => {
  const [features, heads, ...others] = await queriedIn(folder, await example('read.sql'));
  expect(others).toEqual([]);
  expect(features?.length).toBeGreaterThan(1);
  const strengths = features?.map((row) => Number(row.max_activation)) ?? [];
  expect(strengths).toEqual(strengths.toSorted((a, b) => b - a));
  for (const row of features ?? []) {
    expect(row.promoted).toHaveLength(5);
    expect(row.score).toBeGreaterThan(0);
  }
  expect(heads).toHaveLength(shape.layers * shape.heads);
  expect(heads?.filter((row) => row.roles !== null && row.induction !== null)).toHaveLength(shape.heads);
});

/** The names of a column's fields, at any depth. */
function fieldsOf(column: ColumnType): string[] {
  if (column.kind === 'struct')
    return Object.entries(column.fields).flatMap(([name, field]) => [name, ...fieldsOf(field)]);
  if (column.kind === 'list') return fieldsOf(column.item);
  if (column.kind === 'nullable') return fieldsOf(column.of);
  return [];
}

test('every table, column and field that the Python names is declared', async () => {
  const script = await example('read.py');
  const named = new Set(Array.from(script.matchAll(/\/(\w+)\/\*\.parquet/g), ([, name]) => name));
  const read = Object.values(tables).filter(({ name }) => named.delete(name));
  expect(read.map(({ name }) => name)).toEqual(['features', 'heads']);
  expect([...named]).toEqual([]);
  const columns = read.flatMap((table) => Object.entries<ColumnType>(table.columns));
  const declared = new Set(columns.flatMap(([name, column]) => [name, ...fieldsOf(column)]));
  const quoted = Array.from(script.matchAll(/"(\w+)"|(\w+)=/g), ([, text, keyword]) => text ?? keyword);
  const values = ['induction', 'descending', 'score'];
  expect(quoted.filter((name) => !declared.has(name) && !values.includes(name))).toEqual([]);
  expect(quoted).toEqual(
    expect.arrayContaining(['family', 'positive_logits', 'family_scores', 'roles_low', 'induction_on_repeats']),
  );
});

const python = process.env.ATLAS_PYTHON ?? 'python3';
const has = (packages: string): boolean => spawnSync(python, ['-c', `import ${packages}`]).status === 0;

test('the pandas of the examples reads declared columns, and runs where pandas is installed', async () => {
  const script = await example('read_pandas.py');
  const reads = Array.from(script.matchAll(/table\("(\w+)"(?:, columns=\[([^\]]*)\])?/g), ([, name, columns]) => ({
    name,
    columns: Array.from((columns ?? '').matchAll(/"(\w+)"/g), ([, column]) => column),
  }));
  expect(reads.map(({ name }) => name)).toEqual(['saes', 'features', 'vocabulary', 'examples']);
  for (const { name, columns } of reads) {
    const table = Object.values(tables).find((declared) => declared.name === name);
    expect(columns.filter((column) => !Object.hasOwn(table?.columns ?? {}, column))).toEqual([]);
  }
  const attributes = Array.from(script.matchAll(/\bexample\.(\w+)/g), ([, column]) => column);
  expect(attributes.length).toBeGreaterThan(2);
  expect(attributes.filter((column) => !Object.hasOwn(tables.examples.columns, column))).toEqual([]);
  if (!has('pandas, pyarrow')) return;
  const ran = spawnSync(python, [join(import.meta.dirname, '../examples/read_pandas.py')], { cwd: folder });
  expect(ran.stderr.toString()).toBe('');
  expect(ran.stdout.toString()).toMatch(/^feature \d+ of SAE [01], /m);
});
