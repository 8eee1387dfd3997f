import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeSyntheticRun } from '../../bench/synthetic/synthetic-run.ts';
import { siteServer } from '../../pipeline/preview/server.ts';
import { publishTables } from '../../pipeline/publish/publish-tables.ts';
import { openRun } from '../../pipeline/tables/reader.ts';
import { openSiteData } from '../../site/build/site-data.ts';
import { writeSaeJson } from '../../site/bulk/write-json.ts';
import { jsonSnippets, type Snippet, tableSnippets } from '../../site/data/snippets.ts';
import { createLinks } from '../../site/page-kit/links.ts';

const shape = { layers: 2, features: 60, heads: 4, vocabulary: 60, seed: 7 };
const python = process.env.ATLAS_PYTHON ?? 'python3';
const runs = (code: string) => spawnSync(python, ['-c', code]).status === 0;

let folder: string;
let site: string;
let server: ReturnType<typeof siteServer>;
/** What the scripts about feature 0 are to print: its summary, and each top example up to its peak. */
let expected: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atlas-data-'));
  const run = join(folder, 'run');
  await writeSyntheticRun(run, shape);
  const data = await openSiteData(run, createLinks('/atlas'));
  await writeSaeJson({ dir: join(folder, 'site'), sae: '1' }, data);
  data.reader.close();
  await publishTables(run, join(folder, 'site'));
  server = siteServer({ root: join(folder, 'site'), base: '/atlas', host: '127.0.0.1' });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}/atlas/`;
  expected = await firstFeature(run);
}, 120_000);

afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

async function firstFeature(run: string): Promise<string> {
  const reader = await openRun(run);
  const [{ summary }] = await reader.features('1', 0, 1);
  const top = ((await reader.examples('1', 0, 1)).get(0) ?? []).filter(({ interval }) => interval === 0);
  const vocabulary = new Map((await reader.vocabulary()).map(({ token_id, token }) => [token_id, token]));
  const texts = top.map(({ token_ids, position, window_start }) =>
    Array.from(token_ids.subarray(0, position - window_start + 1), (id) => vocabulary.get(id)).join(''),
  );
  reader.close();
  expect(texts.length).toBeGreaterThan(3);
  return [summary, ...texts].join('\n');
}

function snippet(snippets: readonly Snippet[], language: Snippet['language']): string {
  const found = snippets.find((each) => each.language === language);
  if (!found) throw new Error(`no snippet in ${language}`);
  return found.code;
}

/** What a script prints. The server answers while it runs. */
async function printed(program: string, args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(program, args)).stdout.replace(/\r?\n$/, '');
}

const inNode = (code: string) => printed(process.execPath, ['--input-type=module', '-e', code]);

test('the JavaScript reads the JSON of a feature', async () => {
  expect(await inNode(snippet(jsonSnippets(site, '1'), 'JavaScript'))).toBe(expected);
});

test.runIf(runs(''))('the Python reads the JSON of a feature, where Python is', async () => {
  expect(await printed(python, ['-X', 'utf8', '-c', snippet(jsonSnippets(site, '1'), 'Python')])).toBe(expected);
});

test('the JavaScript lists the tables, their files and columns', async () => {
  const text = await inNode(snippet(tableSnippets(site), 'JavaScript'));
  for (const name of ['features', 'heads', 'saes']) expect(text).toContain(`${name} [ '${name}/part-00000.parquet' ]`);
  expect(text).toContain("'max_activation'");
});

test('the SQL reads the features of a family, strongest first', async () => {
  // DuckDB reads addresses by an extension, which it downloads: here it reads the same files from their folder.
  const connection = await (await DuckDBInstance.create()).connect();
  const sql = snippet(tableSnippets(`${join(folder, 'site')}/`), 'SQL');
  const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
  connection.closeSync();
  const strengths = rows.map(({ max_activation }) => Number(max_activation));
  expect(strengths.length).toBeGreaterThan(1);
  expect(strengths).toEqual(strengths.toSorted((a, b) => b - a));
  expect(Object.keys(rows[0] ?? {})).toEqual(['sae', 'feature', 'max_activation', 'summary']);
});

test.runIf(runs('import polars'))('the Python reads the features, where polars is installed', async () => {
  const code = snippet(tableSnippets(`${join(folder, 'site')}/`), 'Python');
  expect(await printed(python, ['-c', code])).toContain('induction');
});
