import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { globSync } from 'tinyglobby';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeSyntheticRun } from '../../bench/synthetic/synthetic-run.ts';
import { launch, openPage } from './browser.ts';
import { buildSite } from './build-site.ts';
import { builtPages, linksOf } from './built-pages.ts';
import { inlineCode } from './page-checks.ts';
import { serve } from './static-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'atlas-packed-'));
const base = '/some/atlas/';
const packed = join(folder, 'packed');
let browser: Browser;
let server: Server;
let home: string;

beforeAll(async () => {
  const run = join(folder, 'run');
  await writeSyntheticRun(run, { layers: 2, features: 40, heads: 4, vocabulary: 600, seed: 3 });
  for (const [out, flags] of [
    ['plain', []],
    ['packed', ['--pack', '--gzip']],
  ] as const) {
    buildSite(run, join(folder, out), base, flags);
  }
  ({ server, home } = await serve(packed, base));
  browser = await launch();
}, 300_000);

afterAll(async () => {
  await browser?.close();
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What a static page has in <main>, but for addresses of features and its script. */
const mainOf = (html: string): string =>
  (/<main[^>]*>(.*)<\/main>/s.exec(html)?.[1] ?? '').replace(/<script.*?<\/script>/gs, '').trim();
const repacked = (html: string): string => html.replaceAll(/\/f\/([^/"]+)\/(\d+)\.html/g, '/f/$1.html?$2');

test('a packed page is the HTML of the static page, under the same title', async () => {
  for (const feature of [0, 15, 16, 39]) {
    const html = readFileSync(join(folder, `plain/f/1/${feature}.html`), 'utf8');
    const { page, faults } = await openPage(browser, home);
    await openFeature(page, '1', feature);
    expect(faults).toEqual([]);
    expect(await page.title()).toBe(/<title>([^<]*)</.exec(html)?.[1]);
    // The browser parses what the static page has, and what the packed page was given, to the same elements.
    const same = await page.evaluate(
      ([plain, own]) => {
        const parse = (text: string) => new DOMParser().parseFromString(text, 'text/html').body.innerHTML;
        return [parse(plain ?? ''), parse(own ?? '')];
      },
      [repacked(mainOf(html)), await drawnBefore('1', feature)],
    );
    expect(same[1]).toBe(same[0]);
    await page.context().close();
  }
});

/** Opens a packed page, and waits until the feature is drawn: a quiet network says nothing of a busy machine. */
async function openFeature(page: Page, sae: string, feature: number): Promise<void> {
  await page.goto(`${home}f/${sae}.html?${feature}`);
  await page.getByRole('heading', { level: 1, name: `Feature ${sae}/${feature}`, exact: true }).waitFor();
}

/** What the packed page puts into <main>, before its scripts give tokens elements of their own. */
async function drawnBefore(sae: string, feature: number): Promise<string> {
  const { page } = await openPage(browser, home);
  await page.addInitScript(() => {
    const { set, get } = Object.getOwnPropertyDescriptor(Element.prototype, 'innerHTML') ?? {};
    Object.defineProperty(Element.prototype, 'innerHTML', {
      get,
      set(text: string) {
        if (this.id === 'main') Object.assign(globalThis, { drawn: text });
        set?.call(this, text);
      },
    });
  });
  await openFeature(page, sae, feature);
  const drawn = await page.evaluate(() => String(Reflect.get(globalThis, 'drawn')));
  await page.context().close();
  return drawn;
}

test('a packed page moves as a static one does, and leads to its neighbours', async () => {
  const { page, faults } = await openPage(browser, home);
  await openFeature(page, '0', 3);
  expect(await inlineCode(page)).toEqual([]);
  await page.keyboard.press(']');
  await page.waitForURL('**/f/0.html?4');
  await page.getByRole('heading', { level: 1, name: 'Feature 0/4' }).waitFor();
  await page.goBack();
  await page.getByRole('heading', { level: 1, name: 'Feature 0/3' }).waitFor();
  const strip = page.locator('.top .s').first();
  if (await strip.isVisible()) {
    await strip.focus();
    expect(await page.locator('.tip').innerText()).toContain('the peak');
  }
  expect(faults).toEqual([]);
});

test('search and heads lead to packed pages', async () => {
  const { page, faults } = await openPage(browser, home);
  await page.goto(`${home}features.html?layer=1`);
  const link = page.getByRole('rowheader').getByRole('link').first();
  const name = await link.innerText();
  await link.click();
  await page.waitForURL(`**/f/1.html?${name.slice(2)}`);
  await page.getByRole('heading', { level: 1, name: `Feature ${name}` }).waitFor();
  expect(faults).toEqual([]);
});

test('an address without a feature, or of none that there is, says so', async () => {
  const { page } = await openPage(browser, home);
  for (const query of ['', '?40', '?x']) {
    await page.goto(`${home}f/1.html${query}`);
    await page.getByText('SAE 1 has the features 0 to 39; the address names none of them.', { exact: true }).waitFor();
  }
});

test('a link from before the site was packed leads to the packed page', async () => {
  const { page } = await openPage(browser, home);
  await page.goto(`${home}f/1/3.html`);
  await page.getByRole('link', { name: 'This feature’s page' }).click();
  await page.getByRole('heading', { level: 1, name: 'Feature 1/3', exact: true }).waitFor();
  expect(page.url()).toBe(`${home}f/1.html?3`);
});

test('without scripts the page says why it is empty, and leads to pages that are not', async () => {
  const { page } = await openPage(browser, home, { javaScriptEnabled: false });
  await page.goto(`${home}f/1.html?3`);
  await page.getByText('and a script draws them').waitFor();
  await page.getByRole('link', { name: 'the heads' }).click();
  await page.waitForURL('**/heads.html');
});

test('every link leads to a file, those of features to their packed page; texts are zipped beside', () => {
  const broken = builtPages(packed).flatMap((page) =>
    linksOf(page)
      .filter((link) => !link.startsWith('https://'))
      .filter((link) => !link.startsWith(base) || !existsSync(join(packed, link.slice(base.length) || 'index.html')))
      .map((link) => `${page.name}: ${link}`),
  );
  expect(broken).toEqual([]);
  expect(globSync('f/**', { cwd: packed }).toSorted()).toEqual(
    ['0', '1']
      .flatMap((sae) => [`f/${sae}.html`, `f/${sae}.html.gz`, `f/${sae}/0.pack`, `f/${sae}/index.gz`])
      .concat('f/tokens.gz')
      .toSorted(),
  );
});
