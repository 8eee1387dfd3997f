import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { writeSyntheticRun } from '../../../bench/synthetic/synthetic-run.ts';
import { openSiteData, type SiteData } from '../../../site/build/site-data.ts';
import { featurePage } from '../../../site/compose/feature-page.ts';
import { fetchPart } from '../../../site/fetch/fetch-part.ts';
import { featureOf } from '../../../site/pack/open-page.ts';
import { type PackIndex, packIndexFile, placeOf } from '../../../site/pack/pack-index.ts';
import { joinPages, pageAt } from '../../../site/pack/page-text.ts';
import { packLinks, writePacks } from '../../../site/pack/write-packs.ts';
import { html } from '../../../site/page-kit/html.ts';

const FEATURES = 530;
let folder: string;
let data: SiteData;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atlas-'));
  const run = join(folder, 'run');
  await writeSyntheticRun(run, { layers: 2, features: FEATURES, heads: 4, vocabulary: 300, seed: 3 });
  data = await openSiteData(run, packLinks('/atlas/'));
  await writePacks({ run, base: '/atlas/', dir: folder, sae: '1', shellHtml: '', isPacked: true }, data, () => {});
});

afterAll(async () => {
  data.reader.close();
  await rm(folder, { recursive: true, force: true });
});

const readIndex = async (): Promise<PackIndex> => JSON.parse(await readFile(join(folder, packIndexFile('1')), 'utf8'));

test('every page of a pack is what the renderer of static pages makes', async () => {
  const index = await readIndex();
  for (const feature of [0, 1, 15, 16, 511, 512, FEATURES - 1]) {
    const place = placeOf('1', feature, index);
    if (!place) throw new Error(`feature ${feature} has no place`);
    const pack = await readFile(join(folder, place.file));
    const text = gunzipSync(pack.subarray(place.from, place.to)).toString();
    const { page, env } = await data.featurePage('1', feature);
    const rendered = featurePage(page, env);
    expect(pageAt(text, place.place)).toEqual({ head: rendered.head.text, body: rendered.body.text });
  }
});

test('packs hold 512 pages each, and nothing but them', async () => {
  expect((await readdir(join(folder, 'f/1'))).toSorted()).toEqual(['0.pack', '1.pack', 'index.json']);
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

test.each([
  ['?123', 123],
  ['?0&embed=top', 0],
  ['', Number.NaN],
  ['?12a', Number.NaN],
  ['?layer=3', Number.NaN],
])('the address %j names feature %d', (search, feature) => {
  expect(featureOf(search)).toBe(feature);
});

test('pages that share a group come apart again', () => {
  const pages = ['a', 'b', 'c'].map((name) => ({ head: html`<title>${name}</title>`, body: html`<p>${name}` }));
  expect(pageAt(joinPages(pages), 1)).toEqual({ head: '<title>b</title>', body: '<p>b' });
  expect(() => pageAt(joinPages(pages), 3)).toThrow('none at 3');
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
