import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { writeSyntheticRun } from '../../../bench/synthetic/synthetic-run.ts';
import { openRun, type RunReader } from '../../../pipeline/tables/reader.ts';
import { percent, significant } from '../../../site/page-kit/format.ts';
import { tokenLabel } from '../../../site/page-kit/token-text.ts';
import { type ColumnName, searchFiles } from '../../../site/search/format.ts';
import { writeSearchIndex } from '../../../site/search/index.ts';
import { loadIndex } from '../../../site/search/load.ts';
import { defaultQuery, type SearchQuery } from '../../../site/search/query.ts';
import { rowView } from '../../../site/search/row-view.ts';

const FEATURES = 600;
let outDir: string;
let run: RunReader;
let folder: string;
let fetched: string[];

beforeAll(async () => {
  outDir = await mkdtemp(join(tmpdir(), 'atlas-'));
  folder = join(outDir, 'search/');
  await writeSyntheticRun(outDir, { layers: 2, features: FEATURES, heads: 4, vocabulary: 300, seed: 3 });
  run = await openRun(outDir);
  await writeSearchIndex(run, folder);
  vi.stubGlobal('fetch', async (file: string) => {
    fetched.push(file.slice(folder.length));
    return new Response(await readFile(file));
  });
});

afterAll(async () => {
  vi.unstubAllGlobals();
  run.close();
  await rm(outDir, { recursive: true, force: true });
});

/** Opens the index as a browser does. */
async function open() {
  fetched = [];
  return loadIndex(folder);
}

const rowsOfRun = async () => [...(await run.features('0', 0, FEATURES)), ...(await run.features('1', 0, FEATURES))];

async function find(query: Partial<SearchQuery>): Promise<string[]> {
  const index = await open();
  const whole = { ...defaultQuery, ...query };
  await index.load(whole);
  return Array.from(index.search.rows(whole), (row) => {
    const { sae, feature } = index.search.place(row);
    return `${sae}/${feature}`;
  });
}

test('a result shows every feature as its page does', async () => {
  const index = await open();
  const rows = await rowsOfRun();
  await index.loadRows(rows.keys());
  for (const [i, row] of rows.entries()) {
    const view = rowView(index, i);
    const weight = row.head_weights.reduce((most, value) => Math.max(most, value), 0);
    expect(view).toMatchObject({ sae: row.sae, layer: row.layer, feature: row.feature, family: row.family ?? '' });
    expect(percent(view.density)).toBe(percent(row.density));
    expect(significant(view.max)).toBe(significant(row.max_activation));
    expect(percent(view.headWeight)).toBe(percent(weight));
    expect(view.head).toBe(row.head_weights.indexOf(weight));
    expect(view.promoted.map(({ text }) => text)).toEqual(
      row.positive_logits.slice(0, 5).map(({ token }) => tokenLabel(token)),
    );
  }
});

test.each(['<script>', '\n', '"', 'word4', '\u0000'])('a search for %j finds what a plain scan finds', async (text) => {
  const alive = (await rowsOfRun()).filter((row) => row.count > 0);
  const matching = alive.filter((row) => row.positive_logits.some(({ token }) => token.toLowerCase().includes(text)));
  expect(matching.length).toBeGreaterThan(0);
  const expected = matching.map((row) => `${row.layer}/${row.feature}`);
  expect((await find({ promoted: text })).toSorted()).toEqual(expected.toSorted());
});

test('a query loads the columns that it reads, of the SAEs that it is about, once', async () => {
  const index = await open();
  expect(fetched).toEqual(['index.json']);
  const query = { ...defaultQuery, layer: 1, head: 2 };
  await index.load(query);
  await index.load(query, ['family']);
  expect(fetched.toSorted()).toEqual(['1/family.bin', '1/max_activation.bin', '1/top_head.bin', 'index.json']);
});

test('a search for a token loads its role alone', async () => {
  await find({ layer: 0, suppressed: 'word1' });
  expect(fetched.toSorted()).toEqual(['0/max_activation.bin', '0/suppressed.bin', 'index.json', 'vocabulary.bin']);
});

test('results load the files of rows that they are in', async () => {
  const index = await open();
  await index.loadRows([3, FEATURES - 1, FEATURES]);
  expect(fetched.toSorted()).toEqual(['0/rows-0.bin', '0/rows-1.bin', '1/rows-0.bin', 'index.json', 'vocabulary.bin']);
  expect(rowView(index, FEATURES + 600 - 1)).toMatchObject({ sae: '1', density: Number.NaN, head: undefined });
});

test('a file that did not come is asked for again', async () => {
  const index = await open();
  const good = globalThis.fetch;
  vi.stubGlobal('fetch', async () => new Response('', { status: 503 }));
  await expect(index.load(defaultQuery)).rejects.toThrow('max_activation.bin did not load: 503');
  vi.stubGlobal('fetch', good);
  await index.load(defaultQuery);
  expect(index.search.rows(defaultQuery).length).toBeGreaterThan(FEATURES);
});

test('a filter over all features of a large run reads under 3 bytes a feature before its rows are known', async () => {
  const bytesOf = async (name: ColumnName) => (await stat(join(folder, searchFiles.part({ sae: '0', name })))).size;
  const size = { max: await bytesOf('max_activation'), density: await bytesOf('density') };
  // 294,912 features at 3 bytes are 0.88 MB; the page with its scripts and styles is 0.1 MB.
  expect((size.max + size.density) / FEATURES).toBeLessThan(3);
  expect((size.max + (await bytesOf('family')) + (await bytesOf('top_head'))) / FEATURES).toBeLessThan(3);
});
