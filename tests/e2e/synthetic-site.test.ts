import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { globSync } from 'tinyglobby';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeSyntheticRun } from '../../bench/synthetic/synthetic-run.ts';
import { studyNames } from '../../pipeline/measures/studies/catalogue.ts';
import { launch, openPage, type Watched } from './browser.ts';
import { buildSite } from './build-site.ts';
import { type BuiltPage, builtPages, linksOf } from './built-pages.ts';
import { drawn } from './drawn.ts';
import { faintTexts, inlineCode, overflow } from './page-checks.ts';
import { serve } from './static-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'atlas-site-'));
const site = join(folder, 'bulk');
const base = '/some/atlas/';
let browser: Browser;
let server: Server;
let home: string;
let pages: BuiltPage[];

beforeAll(async () => {
  const run = join(folder, 'run');
  await writeSyntheticRun(run, { layers: 2, features: 64, heads: 4, vocabulary: 600, seed: 3 });
  for (const bulk of ['always', 'never']) {
    const out = join(folder, bulk === 'always' ? 'bulk' : 'stock');
    buildSite(run, out, base, ['--bulk', bulk]);
  }
  pages = builtPages(site);
  ({ server, home } = await serve(site, base));
  browser = await launch();
}, 300_000);

afterAll(async () => {
  await browser?.close();
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

const kinds = [
  '',
  'features.html',
  'map.html',
  'heads.html',
  'studies.html',
  'saes.html',
  'methods.html',
  '404.html',
  'h/1/2.html',
];
const isDead = ({ html }: BuiltPage) => html.includes('Dead: it was');
const feature = (wanted: (page: BuiltPage) => boolean): string =>
  pages.find((page) => page.name.startsWith('f/') && wanted(page))?.name ?? 'f/none.html';
const alive = () => feature((page) => !isDead(page));
const everyKind = () => [...kinds, alive(), feature(isDead), feature(({ html }) => html.includes('&lt;script'))];

async function open(path: string, options = {}): Promise<Watched> {
  const watched = await openPage(browser, home, options);
  await watched.page.goto(home + path, { waitUntil: 'load' });
  await drawn(watched.page);
  return watched;
}

const url = (page: Page) => page.url().slice(home.length);
const found = (page: Page) => page.getByRole('status').first().innerText();

test('bulk pages are the same bytes as those that Astro renders', () => {
  const names = globSync('{f,h}/**/*.html', { cwd: join(folder, 'stock') }).sort();
  expect(names).toHaveLength(2 * 64 + 2 * 4);
  expect(globSync('{f,h}/**/*.html', { cwd: site }).sort()).toEqual(names);
  const differing = names.filter(
    (name) => !readFileSync(join(site, name)).equals(readFileSync(join(folder, 'stock', name))),
  );
  expect(differing).toEqual([]);
});

test('a run without studies has a page of none, and says how to run each', () => {
  expect(pages.filter(({ name }) => name.startsWith('studies/'))).toEqual([]);
  const index = pages.find(({ name }) => name === 'studies.html')?.html ?? '';
  for (const name of studyNames) expect(index).toContain(`npm run atlas -- study ${name} --model MODEL`);
});

test('every link of every page leads to a file', () => {
  const broken = pages.flatMap((page) =>
    linksOf(page)
      .filter((link) => !link.startsWith(base) || !existsSync(join(site, link.slice(base.length) || 'index.html')))
      .map((link) => `${page.name}: ${link}`),
  );
  expect(broken).toEqual([]);
});

test('the overview and every head have a picture for previews, which is a PNG under the base path', () => {
  const images = pages.flatMap(({ html }) =>
    [...html.matchAll(/og:image" content="([^"]*)"/g)].map(([, url = '']) => url),
  );
  expect(images.length).toBeGreaterThanOrEqual(pages.length - 1);
  expect(new Set(images).size).toBe(1 + 2 * 4);
  for (const image of images) {
    expect(image.startsWith(base), image).toBe(true);
    expect(
      readFileSync(join(site, image.slice(base.length)))
        .subarray(1, 4)
        .toString(),
      image,
    ).toBe('PNG');
  }
});

test('no kind of page has a fault, inline code, or a width over that of a phone', async () => {
  for (const path of everyKind()) {
    const { page, faults } = await open(path, { viewport: { width: 360, height: 740 } });
    expect(faults, path).toEqual([]);
    expect(await inlineCode(page), path).toEqual([]);
    expect(await overflow(page), path).toBeLessThanOrEqual(0);
    await page.context().close();
  }
});

test.each(['light', 'dark'] as const)('in %s every text stands out from what lies behind it', async (colorScheme) => {
  for (const path of [
    '',
    'features.html',
    'map.html',
    'heads.html',
    'methods.html',
    alive(),
    'h/0/1.html',
    'h/1/1.html',
  ]) {
    const { page } = await open(path, { colorScheme });
    expect(await faintTexts(page), path).toEqual([]);
    const shadeByAttribution = page.getByRole('button', { name: 'Attribution' });
    if (await shadeByAttribution.isVisible()) {
      await shadeByAttribution.click();
      expect(await faintTexts(page), path).toEqual([]);
    }
    await page.context().close();
  }
});

test('hostile tokens show as text and run nothing', async () => {
  const { page, faults } = await open('features.html');
  await page.getByLabel('Promotes').fill('<script>');
  await page.getByRole('table').getByText('<script>alert(1)</script>').first().waitFor();
  await page.getByRole('rowheader').getByRole('link').first().click();
  await page.locator('.logits code', { hasText: '<script>alert(1)</script>' }).first().waitFor();
  for (const strip of await page.locator('.top > li > div > .s').all()) await strip.hover();
  expect(faults).toEqual([]);
});

test('a search is in the address, and comes back from it, from a reload and from the back button', async () => {
  const { page, faults } = await open('features.html');
  const all = await found(page);
  await page.getByLabel('Activates on').fill('word12');
  await expect.poll(() => found(page)).not.toBe(all);
  await page.getByLabel('Layer').selectOption('1');
  await page.getByRole('button', { name: 'Density' }).click();
  expect(url(page)).toBe('features.html?layer=1&activating=word12&sort=density');
  const few = await found(page);
  await page.reload({ waitUntil: 'load' });
  await drawn(page);
  expect(await found(page)).toBe(few);
  expect(await page.getByLabel('Activates on').inputValue()).toBe('word12');
  expect(await page.getByLabel('Layer').inputValue()).toBe('1');
  const links = await page.getByRole('rowheader').allInnerTexts();
  expect(links.length).toBeGreaterThan(0);
  for (const link of links) expect(link).toMatch(/^1\//);
  await page.getByRole('button', { name: 'Clear' }).click();
  await expect.poll(() => found(page)).toBe(all);
  expect(url(page)).toBe('features.html');
  await page.goBack();
  await expect.poll(() => found(page)).toBe(few);
  expect(faults).toEqual([]);
});

test('the densities shown keep to the bounds asked for', async () => {
  const { page } = await open('features.html?min=0.022&max=0.03');
  const cells = await page.locator('tbody td:nth-child(2) > span:first-child').allInnerTexts();
  expect(cells.length).toBeGreaterThan(5);
  for (const cell of cells) expect(Math.abs(Number.parseFloat(cell) - 2.6)).toBeLessThanOrEqual(0.4001);
});

/** Of the map: what is counted, the link on the point that is met, and what is read of that. */
const onMap = (page: Page) => ({
  counted: () => page.getByRole('status').innerText(),
  met: page.locator('.map-pick'),
  read: page.locator('.map-read .fl'),
});
const middleOf = async (link: Locator) => {
  const box = (await link.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  return [box.x + box.width / 2, box.y + box.height / 2] as const;
};

test('the map names the feature under the pointer, and a click opens it', async () => {
  const { page, faults } = await open('map.html');
  const { met, read } = onMap(page);
  const [x, y] = await middleOf(met);
  await page.mouse.move(x, y);
  await expect.poll(() => read.count()).toBe(1);
  const name = await read.innerText();
  expect(name).toMatch(/^[01]\/\d+$/);
  const tip = page.locator('.map-frame .tip');
  expect(await tip.innerText()).toContain(`${name} `);
  const [frame, beside] = await Promise.all([page.locator('.map-frame').boundingBox(), tip.boundingBox()]);
  expect(beside && frame && beside.y >= frame.y && beside.y + beside.height <= frame.y + frame.height).toBe(true);
  await expect
    .poll(() => met.getAttribute('aria-label'))
    .toMatch(new RegExp(`^${name}, .*layer ${name[0]}, density .*: `));
  await page.mouse.click(x, y);
  await page.waitForURL(`**/f/${name}.html`);
  expect(faults).toEqual([]);
});

test('from the keyboard the map goes from feature to feature, and Enter opens one', async () => {
  const { page } = await open('map.html');
  const { met, read } = onMap(page);
  await met.focus();
  const first = await read.innerText();
  const [left] = await middleOf(met);
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => read.innerText()).not.toBe(first);
  expect((await middleOf(met))[0]).toBeGreaterThan(left);
  const name = await read.innerText();
  await page.keyboard.press('+');
  await expect.poll(() => url(page)).toMatch(/^map\.html\?at=[\d.]+%2C[\d.]+%2C1\.6$/);
  await page.keyboard.press('0');
  await expect.poll(() => url(page)).toBe('map.html');
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/f/${name}.html`);
});

test('the map has the search’s filters, its own view in the address, and links to the same features and back', async () => {
  const { page, faults } = await open('features.html?layer=1&family=induction');
  const status = await found(page);
  await page.getByRole('link', { name: 'Show these on the map' }).click();
  const { counted } = onMap(page);
  await expect.poll(counted).toMatch(/^\d+ of \d+ features\./);
  expect(url(page)).toBe('map.html?layer=1&family=induction');
  const [lit = '', all = ''] = (await counted()).match(/\d+/g) ?? [];
  expect(status).toMatch(new RegExp(`of ${lit}$`));
  expect(Number(lit)).toBeLessThan(Number(all));
  await page.getByLabel('Map of').selectOption('own');
  await page.getByLabel('Colour').selectOption('density');
  await expect.poll(counted).not.toContain(`of ${all} `);
  await expect.poll(() => page.locator('.map-legend').innerText()).toContain('from 1%');
  await page.mouse.move(...(await middleOf(page.locator('.map-frame'))));
  await page.mouse.wheel(0, -400);
  await expect.poll(() => url(page)).toMatch(/^map\.html\?layer=1&family=induction&colour=density&own=1&at=/);
  const kept = await counted();
  await page.reload({ waitUntil: 'load' });
  await drawn(page);
  expect(await counted()).toBe(kept);
  expect(await page.getByLabel('Map of').inputValue()).toBe('own');
  await page.getByRole('link', { name: 'List these features' }).click();
  await expect.poll(() => found(page)).toBe(status);
  expect(url(page)).toBe('features.html?layer=1&family=induction');
  expect(faults).toEqual([]);
});

test('on a phone the map is in the first screen, with its filters folded unless some are set', async () => {
  const phone = { viewport: { width: 390, height: 844 } };
  const { page } = await open('map.html', phone);
  const canvas = page.locator('.map-frame canvas');
  await canvas.waitFor();
  expect((await canvas.boundingBox())?.y).toBeLessThan(400);
  expect(await page.getByLabel('Colour').isVisible()).toBe(false);
  await page.getByText('Filters and colour').click();
  expect(await page.getByLabel('Colour').isVisible()).toBe(true);
  const { page: filtered } = await open('map.html?layer=1', phone);
  await filtered.locator('select[name=layer]').waitFor();
  const { page: wide } = await open('map.html');
  await wide.getByLabel('Colour').waitFor();
  expect(await wide.getByText('Filters and colour').count()).toBe(0);
});

test('dragging moves the map with the feature under the pointer and opens nothing, a click then opens it', async () => {
  const { page, faults } = await open('map.html', { viewport: { width: 1280, height: 1200 } });
  const { met, read } = onMap(page);
  const [x, y] = await middleOf(met);
  await page.mouse.move(x, y);
  await expect.poll(() => read.count()).toBe(1);
  const name = await read.innerText();
  const [middleX, middleY] = await middleOf(page.locator('.map-frame'));
  const [dx, dy] = [90 * Math.sign(middleX - x), 50 * Math.sign(middleY - y)];
  await page.mouse.down();
  await page.mouse.move(x + dx / 2, y + dy / 2, { steps: 4 });
  await page.mouse.move(x + dx, y + dy, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => url(page)).toMatch(/^map\.html\?at=/);
  const [left, top] = new URL(page.url()).searchParams.get('at')?.split(',').map(Number) ?? [];
  // What was drawn to the right and down shows what lay further left and up, where y is greater.
  expect(Math.sign(0.5 - left)).toBe(Math.sign(dx));
  expect(Math.sign(top - 0.5)).toBe(Math.sign(dy));
  const moved = await middleOf(met);
  expect(moved[0] - x).toBeCloseTo(dx, 0);
  expect(moved[1] - y).toBeCloseTo(dy, 0);
  expect(await read.innerText()).toBe(name);
  await page.mouse.click(...moved);
  await page.waitForURL(`**/f/${name}.html`);
  expect(faults).toEqual([]);
});

test('the page of a feature leads to its place on the map, which stays ringed and in the address', async () => {
  const { page, faults } = await open(alive());
  const name = alive().replace(/^f\/(.*)\.html$/, '$1');
  await page.getByRole('link', { name: 'Its place on the map' }).click();
  const ring = page.getByRole('link', { name: `${name}, lit` });
  await ring.waitFor();
  const [x, y] = await middleOf(ring);
  const away = await middleOf(page.locator('.map-frame'));
  await page.mouse.move(...away);
  await page.mouse.wheel(0, -200);
  await expect.poll(() => url(page)).toMatch(new RegExp(`^map\\.html\\?f=${name.replace('/', '%2F')}&at=`));
  await expect
    .poll(async () => Math.hypot(...(await middleOf(ring)).map((at, i) => at - [x, y][i])))
    .toBeGreaterThan(5);
  await page.locator('select[name=layer]').selectOption(name.startsWith('0') ? '1' : '0');
  await page.getByLabel('Map of').selectOption('own');
  await page.getByText(`Feature ${name} has no place on this map.`).waitFor();
  expect(faults).toEqual([]);
});

test('a search for what is not there says so in words', async () => {
  const { page } = await open('features.html?layer=99&min=0.5&max=0.1');
  const said = await page.getByRole('alert').allInnerTexts();
  expect(said).toEqual([
    'There is no layer 99: the layers are 0, 1.',
    'The least density, 50.0%, is above the greatest, 10.0%.',
  ]);
  await page.getByRole('button', { name: 'Clear' }).click();
  await expect.poll(() => page.getByRole('alert').count()).toBe(0);
});

test('a search that finds nothing names the filter that it would have to do without, over the SAEs left out as well', async () => {
  const { page } = await open('features.html?layer=0&promoted=no-such-token');
  await page.getByText('Tokens are looked for among the 10').waitFor();
  const spare = page.getByText('Without the filter on');
  expect(await spare.innerText()).toMatch(/^Without the filter on promotes: [1-9]\d*\.$/);
  await page.getByRole('link', { name: 'promotes' }).click();
  await expect.poll(() => url(page)).toBe('features.html?layer=0');
  expect(await spare.count()).toBe(0);
  await page.goBack();
  await spare.waitFor();
});

test('a head’s page leads to the features that it leads', async () => {
  const { page } = await open('h/1/2.html');
  await page.getByRole('link', { name: 'Search all features of this head' }).click();
  await page.getByRole('rowheader').first().waitFor();
  expect(url(page)).toBe('features.html?layer=1&head=2');
  const cells = await page.locator('tbody td:nth-child(4) a').allInnerTexts();
  expect(cells.length).toBeGreaterThan(0);
  for (const cell of cells) expect(cell).toBe('1.2');
});

test('pages of results follow one another, and arrow keys walk the rows', async () => {
  const { page } = await open('features.html');
  await page.getByRole('button', { name: 'Next' }).first().click();
  await expect.poll(() => found(page)).toMatch(/^51 – 100 of/);
  expect(url(page)).toBe('features.html?page=2');
  const links = page.getByRole('rowheader').getByRole('link');
  await links.first().focus();
  await page.keyboard.press('ArrowDown');
  expect(await links.nth(1).evaluate((link) => link === document.activeElement)).toBe(true);
});

test('from the keyboard alone: past the navigation, into a strip, along its tokens', async () => {
  const { page } = await open(alive());
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to content');
  await page.keyboard.press('Enter');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
  await page.locator('.top .s').first().focus();
  const readout = page.locator('.tip');
  expect(await readout.innerText()).toMatch(
    / activation \S+ · attribution \S+ · the peak · position \d+ · corpus\/text\.jsonl, document \d+$/,
  );
  await page.keyboard.press('ArrowLeft');
  expect(await readout.innerText()).toContain(' · −1 from the peak · ');
  await page.keyboard.press('Escape');
  expect(await readout.isVisible()).toBe(false);
});

test('single keys walk the examples, turn to the next feature and open the search, and are text in a field', async () => {
  const { page } = await open('f/0/3.html');
  const hasFocus = (n: number) =>
    page.evaluate((i) => document.querySelectorAll('.top > li')[i]?.contains(document.activeElement), n);
  await page.keyboard.press(']');
  await page.waitForURL('**/f/0/4.html');
  await page.keyboard.press('[');
  await page.waitForURL('**/f/0/3.html');
  await page.goto(home + alive(), { waitUntil: 'load' });
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  expect(await hasFocus(1)).toBe(true);
  await page.keyboard.press('k');
  expect(await hasFocus(0)).toBe(true);
  await page.keyboard.press('/');
  await page.waitForURL('**/features.html#search');
  const words = page.getByLabel('Label or summary');
  await expect.poll(() => words.evaluate((field) => field === document.activeElement)).toBe(true);
  await page.keyboard.type('induction');
  await expect.poll(() => page.url()).toMatch(/features\.html\?words=induction$/);
  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('/');
  await page.keyboard.type('previous');
  await expect.poll(() => page.url()).toMatch(/features\.html\?words=previous$/);
});

test('the peak shows where it was read from, and the switch shows it for every strip', async () => {
  const { page } = await open(alive());
  const strips = page.locator('.top .s');
  await strips.first().locator('mark').hover();
  expect(await page.locator('.dfa').count()).toBe(1);
  await page.getByRole('heading', { level: 1 }).hover();
  expect(await page.locator('.dfa').count()).toBe(0);
  await page.getByRole('button', { name: 'Attribution' }).click();
  expect(await page.locator('.dfa').count()).toBe(await strips.count());
});

test('the text of a strip is the same before and after its tokens get elements of their own', async () => {
  const { page } = await open(alive());
  const texts = () => page.locator('.s').evaluateAll((strips) => strips.map((strip) => strip.textContent));
  const before = await texts();
  await page.locator('details').evaluateAll((all) => {
    for (const one of all) one.setAttribute('open', '');
  });
  for (const strip of await page.locator('.s').all()) await strip.focus();
  expect(await texts()).toEqual(before);
});

test('the address names what is open by what it is; a number, as it once held, opens nothing', async () => {
  const { page } = await open(`${alive()}?open=intervals_2.0.no-such`);
  const opened = () => page.locator('details[open] > summary').evaluateAll((all) => all.map((one) => one.textContent));
  const second = await page.locator('.iv details').nth(1).locator('summary').textContent();
  expect(await opened()).toEqual([second]);
  await page.locator('.iv details').first().locator('summary').click();
  await expect.poll(() => new URL(page.url()).searchParams.get('open')).toBe('intervals.intervals_2');
});

test('the theme follows the system until the reader chooses, and then keeps to the choice', async () => {
  const { page } = await open('', { colorScheme: 'dark' });
  const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const dark = await paper();
  await page.getByRole('button', { name: 'Dark theme' }).click();
  const light = await paper();
  expect(light).not.toBe(dark);
  await page.goto(`${home}methods.html`, { waitUntil: 'load' });
  expect(await paper()).toBe(light);
});

test('pages and scripts stay within their budgets', () => {
  const sizeOf = (name: string) => statSync(join(site, name)).size;
  const scripts = globSync('_astro/*.js', { cwd: site });
  const styles = globSync('_astro/*.css', { cwd: site });
  const total = (names: readonly string[]) => names.reduce((sum, name) => sum + sizeOf(name), 0);
  const loadedBy = (page: string, assets: readonly string[]) =>
    assets.filter((asset) => readFileSync(join(site, page), 'utf8').includes(asset.replace('_astro/', '')));
  expect(total(loadedBy(alive(), scripts))).toBeLessThan(12_000);
  expect(total(scripts)).toBeLessThan(300_000);
  const ofFeature = total(loadedBy(alive(), styles));
  expect(ofFeature).toBeGreaterThan(0);
  expect(ofFeature).toBeLessThan(27_000);
  expect(total(styles)).toBeLessThan(39_600);
  expect(sizeOf(feature(isDead))).toBeLessThan(8_000);
});
