import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import type { Server } from 'node:http';
import { homedir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, openPage } from './browser.ts';
import { type BuiltPage, builtPages, linksOf } from './built-pages.ts';
import { drawn } from './drawn.ts';
import { faintTexts, inlineCode, layoutShift, overflow, unreachable, watchShifts } from './page-checks.ts';
import { serve } from './static-server.ts';

// The site of a small run of the embedded model, which the proof has built.
const site = process.env.ATLAS_SITE ?? '';
const base = `${process.env.ATLAS_SITE_BASE ?? ''}/`;
let browser: Browser;
let server: Server;
let home: string;
let pages: BuiltPage[];

beforeAll(async () => {
  if (!existsSync(join(site, 'index.html'))) throw new Error(`ATLAS_SITE is ${site}, expected a built site`);
  pages = builtPages(site);
  ({ server, home } = await serve(site, base));
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

const isAlive = ({ name, html }: BuiltPage) => name.startsWith('f/') && html.includes('id=intervals');

/** The shortest, the middle and the longest of the alive features' pages. */
function pagesBySize(): [string, string, string] {
  const sizes = pages.filter(isAlive).map(({ name }) => ({ name, size: statSync(join(site, name)).size }));
  const names = sizes.sort((a, b) => a.size - b.size).map(({ name }) => name);
  return [names[0] ?? '', names[Math.floor(names.length / 2)] ?? '', names.at(-1) ?? ''];
}

test('no file of the site says where it was built', () => {
  const places = [process.cwd(), process.env.ATLAS_SITE_RUN ?? '', homedir()].map((path) => resolve(path));
  const telling = places.filter((path) => path.split(sep).length > 2); // `/` and `/root` stand in any text
  expect(telling.length).toBeGreaterThan(0);
  for (const entry of readdirSync(site, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = readFileSync(join(entry.parentPath, entry.name));
    for (const path of telling) expect(bytes.includes(path), `${path} in ${entry.name}`).toBe(false);
  }
});

test('every link of every page leads to a file', () => {
  const broken = pages.flatMap((page) =>
    linksOf(page)
      .filter((link) => !link.startsWith(base) || !existsSync(join(site, link.slice(base.length) || 'index.html')))
      .map((link) => `${page.name}: ${link}`),
  );
  expect(broken.slice(0, 10)).toEqual([]);
});

// Of which the table of what it reads is 5, the family with its proxy 2, links to the explorer 1.
test('the middle feature’s page is within 40 kilobytes', () => {
  expect(statSync(join(site, pagesBySize()[1])).size).toBeLessThan(40_000);
});

test('pages of real text have no fault, nothing faint, and fit on a phone', async () => {
  for (const path of [
    '',
    'features.html',
    'heads.html',
    'studies.html',
    ...pages.map(({ name }) => name).filter((name) => name.startsWith('studies/')),
    'saes.html',
    'h/0/0.html',
    ...pagesBySize(),
  ]) {
    const { page, faults } = await openPage(browser, home, { viewport: { width: 360, height: 740 } });
    await page.goto(home + path, { waitUntil: 'load' });
    await drawn(page);
    expect(faults, path).toEqual([]);
    expect(await inlineCode(page), path).toEqual([]);
    expect(await faintTexts(page), path).toEqual([]);
    expect(await overflow(page), path).toBeLessThanOrEqual(0);
    expect(await unreachable(page), path).toEqual([]);
    await page.context().close();
  }
});

test('figures open as tables, which are saved as CSV with the numbers that they are drawn from', async () => {
  const { page, faults } = await openPage(browser, home, { acceptDownloads: true });
  const [, feature] = pagesBySize();
  for (const [path, name, header] of [
    [feature, /^feature-\d+-\d+-activations\.csv$/, 'from,to,active_tokens'],
    ['saes.html', /^density-\d+\.csv$/, 'from,to,features'],
  ] as const) {
    await page.goto(home + path, { waitUntil: 'load' });
    const table = page.locator('figure:is(.hist:not(.proxy), .density) .as-table').first();
    await table.locator('summary').click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      table.getByRole('button', { name: 'Download CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(name);
    const [first, ...lines] = readFileSync(await download.path(), 'utf8')
      .trimEnd()
      .split('\r\n');
    expect(first).toBe(header);
    const counted = lines.reduce((sum, line) => sum + Number(line.split(',')[2]), 0);
    const said = await page.locator('figure:is(.hist:not(.proxy), .density) figcaption').first().innerText();
    expect(said).toContain(counted.toLocaleString('en'));
    expect(await table.locator('tbody tr').count()).toBe(lines.length);
  }
  expect(faults).toEqual([]);
});

test('a page is printed dark on white, whatever theme its reader has chosen', async () => {
  const { page } = await openPage(browser, home, { colorScheme: 'dark' });
  for (const path of ['', pagesBySize()[1], 'heads.html']) {
    await page.goto(home + path, { waitUntil: 'load' });
    await page.evaluate(() => (document.documentElement.dataset.theme = 'dark'));
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await faintTexts(page), path).toEqual([]);
  }
});

test('printed across on A4, the widest tables fit', async () => {
  const { page } = await openPage(browser, home, { viewport: { width: 1047, height: 720 } });
  await page.emulateMedia({ media: 'print' });
  for (const path of ['saes.html', 'heads.html']) {
    await page.goto(home + path, { waitUntil: 'load' });
    expect(await overflow(page), path).toBeLessThanOrEqual(0);
  }
});

test('where colours are forced, shades, bars and what is pressed keep theirs', async () => {
  const { page } = await openPage(browser, home, { forcedColors: 'active' });
  await page.goto(home + pagesBySize()[1], { waitUntil: 'load' });
  const colourOf = (selector: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((element) => getComputedStyle(element).backgroundColor);
  const canvas = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  for (const selector of ['.top .s .a9', '.bars li > i', '.t > i', '.shade [aria-pressed=true]', '.k.a9'])
    expect(await colourOf(selector), selector).not.toBe(canvas);
  expect(await colourOf('.shade [aria-pressed=true]')).not.toBe(await colourOf('.shade [aria-pressed=false]'));
  await page.goto(`${home}saes.html`, { waitUntil: 'load' });
  const swatches = await page
    .locator('.mixkey i')
    .evaluateAll((all) => all.map((one) => getComputedStyle(one).backgroundColor));
  expect(new Set(swatches).size).toBe(swatches.length);
});

test('where colours are forced, text stands out from the reader’s ground, whatever theme was chosen before', async () => {
  const { page } = await openPage(browser, home, { forcedColors: 'active', colorScheme: 'dark' });
  for (const path of ['', pagesBySize()[1], 'h/0/0.html', 'heads.html']) {
    await page.goto(home + path, { waitUntil: 'load' });
    await page.evaluate(() => (document.documentElement.dataset.theme = 'light'));
    expect(await faintTexts(page), path).toEqual([]);
  }
});

/** Files come one after another, as on a slow line. */
async function slowly(page: Page, files: string): Promise<void> {
  let asked = 0;
  await page.route(files, async (route) => {
    await setTimeout(100 * asked++);
    await route.continue();
  });
}

test('nothing moves by more than a tenth of a phone’s window as a page comes', async () => {
  const [, feature] = pagesBySize();
  for (const path of [
    '',
    'features.html',
    'features.html?words=token',
    'map.html',
    'heads.html',
    'explorer.html',
    'compare.html?a=h/0/0&b=h/0/1',
    'h/0/0.html',
    feature,
    `${feature}?embed=answer,top`,
  ]) {
    const { page } = await openPage(browser, home, { viewport: { width: 390, height: 844 } });
    await watchShifts(page);
    await slowly(page, '**/search/**');
    await page.goto(home + path, { waitUntil: 'load' });
    await drawn(page);
    await page.waitForTimeout(1000);
    expect(await layoutShift(page), path).toBeLessThan(0.1);
    await page.context().close();
  }
});
