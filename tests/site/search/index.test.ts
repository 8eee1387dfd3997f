import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeSyntheticRun } from '../../../bench/synthetic/synthetic-run.ts';
import { openRun, type RunReader } from '../../../pipeline/tables/reader.ts';
import { createSearch } from '../../../site/search/filter.ts';
import { decodeFeatures, decodeTokens, type SearchManifest } from '../../../site/search/format.ts';
import { writeSearchIndex } from '../../../site/search/index.ts';
import { defaultQuery, type SearchQuery } from '../../../site/search/query.ts';

let outDir: string;
let run: RunReader;
let folder: string;

beforeAll(async () => {
  outDir = await mkdtemp(join(tmpdir(), 'atlas-'));
  folder = join(outDir, 'search');
  await writeSyntheticRun(outDir, { layers: 2, features: 50, heads: 4, vocabulary: 80, seed: 3 });
  run = await openRun(outDir);
  await writeSearchIndex(run, folder);
});

afterAll(async () => {
  run.close();
  await rm(outDir, { recursive: true, force: true });
});

/** Loads the files as a browser would. */
async function load() {
  const json = async (name: string) => JSON.parse(await readFile(join(folder, name), 'utf8'));
  const manifest: SearchManifest = await json('index.json');
  const vocabulary: string[] = await json('vocabulary.json');
  const columns = decodeFeatures(await readFile(join(folder, 'features.arrow')));
  const search = createSearch({ manifest, columns, vocabulary });
  for (const { sae, tokens } of manifest.saes) {
    const bytes = Uint8Array.from(await readFile(join(folder, tokens)));
    search.addTokens(sae, decodeTokens(bytes.buffer, manifest.tokenIdBytes));
  }
  const find = (query: Partial<SearchQuery>) =>
    Array.from(
      search.rows({ ...defaultQuery, ...query }),
      (row) => `${manifest.saes[columns.sae[row]]?.sae}/${columns.feature[row]}`,
    );
  return { manifest, vocabulary, columns, find };
}

test('the files hold every feature of the run in order', async () => {
  const { columns, vocabulary, manifest } = await load();
  const rows = [...(await run.features('0', 0, 50)), ...(await run.features('1', 0, 50))];
  expect(Array.from(columns.sae, (place) => manifest.saes[place]?.sae)).toEqual(rows.map((row) => row.sae));
  expect(Array.from(columns.feature)).toEqual(rows.map((row) => row.feature));
  expect(Array.from(columns.count)).toEqual(rows.map((row) => row.count));
  expect(columns.max_activation).toEqual(Float32Array.from(rows, (row) => row.max_activation));
  expect(columns.density).toEqual(Float32Array.from(rows, (row) => row.density));
  expect(Array.from(columns.family, (code) => manifest.families[code - 1] ?? null)).toEqual(
    rows.map((row) => row.family),
  );
  expect(vocabulary).toEqual((await run.vocabulary()).map((row) => row.token));
});

test.each(['<script>', '\n', '"', 'word4', '\u0000'])('a search for %j finds what a plain scan finds', async (text) => {
  const { find } = await load();
  const all = [...(await run.features('0', 0, 50)), ...(await run.features('1', 0, 50))];
  const alive = all.filter((row) => row.count > 0).sort((a, b) => b.max_activation - a.max_activation);
  const matching = alive.filter((row) => row.positive_logits.some(({ token }) => token.includes(text)));
  expect(matching.length).toBeGreaterThan(0);
  expect(find({ promoted: text })).toEqual(matching.map((row) => `${row.layer}/${row.feature}`));
});
