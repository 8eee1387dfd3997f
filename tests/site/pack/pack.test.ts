import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { writeSyntheticRun } from '../../../bench/synthetic/synthetic-run.ts';
import { openSiteData, type SiteData } from '../../../site/build/site-data.ts';
import { featureBody, featurePage, featureWords } from '../../../site/compose/feature-page.ts';
import { plainLines } from '../../../site/compose/head-lines.ts';
import { fetchPart } from '../../../site/fetch/fetch-part.ts';
import { joinColumns } from '../../../site/pack/join-columns.ts';
import { listedTokens } from '../../../site/pack/listed-tokens.ts';
import { featureOf } from '../../../site/pack/open-page.ts';
import { type PackIndex, packFile, packIndexFile, packTokensFile, placeOf } from '../../../site/pack/pack-index.ts';
import { pageAt } from '../../../site/pack/read-group.ts';
import { TemplateList } from '../../../site/pack/write-group.ts';
import { fewer, groupsOf, writePacks } from '../../../site/pack/write-packs.ts';
import { writeTokens } from '../../../site/pack/write-tokens.ts';
import { zipPieces } from '../../../site/pack/zip-pieces.ts';
import { createLinks } from '../../../site/page-kit/links.ts';

const FEATURES = 530;
let folder: string;
let data: SiteData;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atlas-'));
  const run = join(folder, 'run');
  await writeSyntheticRun(run, { layers: 2, features: FEATURES, heads: 12, vocabulary: 50_257, seed: 3 });
  data = await openSiteData(run, createLinks('/atlas/', { isPacked: true }));
  await writeTokens(data, folder);
  await writePacks(
    { run, base: '/atlas/', dir: folder, sae: '1', shellHtml: '', host: '', isPacked: true },
    data,
    () => {},
  );
});

afterAll(async () => {
  data.reader.close();
  await rm(folder, { recursive: true, force: true });
});

const readIndex = async (): Promise<PackIndex> =>
  JSON.parse(gunzipSync(await readFile(join(folder, packIndexFile('1')))).toString());

const packedTokens = async () => gunzipSync(await readFile(join(folder, packTokensFile))).toString();

/** A page as a browser puts it together. */
async function packedPage(feature: number) {
  const index = await readIndex();
  const place = placeOf('1', feature, index);
  if (!place) throw new Error(`feature ${feature} has no place`);
  const pack = await readFile(join(folder, place.file));
  const bytes = gunzipSync(pack.subarray(place.from, place.to));
  const tokens = JSON.parse(await packedTokens());
  return pageAt({ bytes, templates: index.templates, tokens }, place.place);
}

test('every page of a pack is what the renderer of static pages makes', async () => {
  for (const feature of [0, 1, 47, 48, 527, 528, FEATURES - 1]) {
    const { title, description, body } = await packedPage(feature);
    const { page, env } = await data.featurePage('1', feature);
    const rendered = featurePage(page, env);
    expect(body).toBe(rendered.body.text);
    expect(rendered.head.text.startsWith(plainLines({ title, description }).text)).toBe(true);
  }
});

test('packs hold 528 pages each, and nothing but them', async () => {
  expect((await readdir(join(folder, 'f/1'))).toSorted()).toEqual(['0.pack', '1.pack', 'index.gz']);
  const { groupBytes, groupsPerPack } = await readIndex();
  const sizes = [groupBytes.slice(0, groupsPerPack), groupBytes.slice(groupsPerPack)];
  for (const [pack, bytes] of sizes.entries()) {
    const file = await readFile(join(folder, `f/1/${pack}.pack`));
    expect(file.length).toBe(bytes.reduce((sum, own) => sum + own, 0));
  }
});

test('a feature that the SAE does not have has no place', async () => {
  const index = await readIndex();
  for (const feature of [-1, FEATURES, 0.5, Number.NaN]) expect(placeOf('1', feature, index)).toBe(undefined);
});

test('links of packed pages lead to packed pages', async () => {
  const { page, env } = await data.featurePage('1', 3);
  const { body } = featurePage(page, env);
  expect(body.text).toContain('href="/atlas/f/1.html?4"');
  expect(body.text).not.toMatch(/href="\/atlas\/f\/\d+\/\d+\.html/);
});

test('with fewer examples a page still says what it says from all of them', async () => {
  const found = Array.from({ length: 20 }, (_, feature) => data.featurePage('1', feature));
  const pages = await Promise.all(found);
  const live = pages.find(({ page }) => page.examples.filter(({ interval }) => interval === 0).length > 10);
  if (!live) throw new Error('no feature of more than ten examples');
  const [all, fewer] = [undefined, { top: 10, perInterval: 2 }].map(
    (most) => featurePage({ ...live.page, most }, live.env).body.text,
  );
  const answers = [all, fewer].map((text = '') => text.slice(0, text.indexOf('Top examples')));
  expect(answers[1]).toBe(answers[0]);
  const strips = [all, fewer].map((text = '') => text.split('<p class=s').length - 1);
  expect(strips[1]).toBeLessThan(strips[0] ?? 0);
  expect(strips[1]).toBeLessThanOrEqual(10 + 10 * 2);
});

test('a table that lacks features makes no pack', async () => {
  const short: SiteData = {
    ...data,
    async *featurePages(sae) {
      for await (const page of data.featurePages(sae)) if (page.page.row.feature < FEATURES - 1) yield page;
    },
  };
  const task = { run: '', base: '/', dir: join(folder, 'short'), sae: '1', shellHtml: '', host: '', isPacked: true };
  await expect(writePacks(task, short, () => {})).rejects.toThrow(
    `SAE 1 has ${FEATURES - 1} features in the table, expected ${FEATURES}`,
  );
  expect(await readdir(join(folder, 'short'), { recursive: true })).not.toContain(packIndexFile('1'));
});

test('the tokens of a run are counted once, however many SAEs are packed', async () => {
  const contexts = vi.spyOn(data.reader, 'contexts');
  expect(await listedTokens(data.reader)).toHaveLength(JSON.parse(await packedTokens()).length);
  expect(contexts).not.toHaveBeenCalled();
  contexts.mockRestore();
});

test.each([
  ['?123', 123],
  ['?0&embed=top', 0],
  ['', Number.NaN],
  ['?12a', Number.NaN],
  ['?layer=3', Number.NaN],
])('the address %j names feature %d', (search, feature) => {
  expect(featureOf(search)).toBe(feature);
});

test('pages of random tokens and numbers, in a vocabulary of 50,257 and by 12 heads, take few enough bytes for 294,912 in 1 GB', async () => {
  const startGroup = await groupsOf(data, new TemplateList());
  const group = startGroup();
  for (let feature = 0; feature < 48; feature++) {
    const { page, env } = await data.featurePage('1', feature);
    const shown = { ...page, most: fewer };
    group.add({ ...featureWords(shown, env), body: featureBody(shown, env) });
  }
  const { length } = zipPieces(joinColumns(group.columns));
  expect(length).toBeLessThan(150_000);
  expect((length / 48) * 294_912).toBeLessThan(0.95e9); // the rest is for heads, search and scripts
});

test('a place of a group without a page is refused', async () => {
  const index = await readIndex();
  const pack = await readFile(join(folder, packFile('1', 0)));
  const bytes = gunzipSync(pack.subarray(0, index.groupBytes[0]));
  expect(() => pageAt({ bytes, templates: index.templates, tokens: [] }, 48)).toThrow('ends');
});

test('a part of a file is the same from a host that knows ranges and one that does not', async () => {
  const whole = Uint8Array.of(0, 1, 2, 3, 4, 5);
  const answers = [
    (range: string) => (range === 'bytes=2-3' ? new Response(whole.slice(2, 4), { status: 206 }) : undefined),
    () => new Response(whole),
  ];
  for (const answer of answers) {
    vi.stubGlobal('fetch', async (_: string, { headers }: { headers: { Range: string } }) => answer(headers.Range));
    expect(Array.from(await fetchPart('x.pack', { from: 2, to: 4 }))).toEqual([2, 3]);
  }
  vi.unstubAllGlobals();
});
