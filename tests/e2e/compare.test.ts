import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeSyntheticRun } from '../../bench/synthetic/synthetic-run.ts';
import { launch, openPage } from './browser.ts';
import { buildSite } from './build-site.ts';
import { faintTexts, overflow } from './page-checks.ts';
import { serve } from './static-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'atlas-site-'));
const base = '/some/atlas/';
let browser: Browser;

beforeAll(async () => {
  await writeSyntheticRun(join(folder, 'run'), { layers: 2, features: 24, heads: 3, vocabulary: 200, seed: 3 });
  browser = await launch();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(['pages', 'packs'])('a site of %s', (kind) => {
  let server: Server;
  let home: string;

  beforeAll(async () => {
    const out = join(folder, kind);
    buildSite(join(folder, 'run'), out, base, kind === 'packs' ? ['--pack'] : []);
    ({ server, home } = await serve(out, base));
  }, 300_000);
  afterAll(() => server?.close());

  const open = async (path: string, options = {}) => {
    const watched = await openPage(browser, home, options);
    await watched.page.goto(home + path, { waitUntil: 'load' });
    return watched;
  };

  test('a neighbour is compared with the feature by its link, side by side, what differs marked', async () => {
    const { page, faults } = await open(kind === 'packs' ? 'f/1.html?5' : 'f/1/5.html');
    const link = page.locator('#neighbours .near .to-compare').first();
    const other = (await link.getAttribute('aria-label'))?.replace('Compare with ', '') ?? '';
    await link.click();
    const columns = page.locator('.compared thead a');
    await columns.first().waitFor();
    expect(await columns.allInnerTexts()).toEqual(['feature 1/5', `feature ${other}`]);
    expect(new URL(page.url()).search).toBe(`?a=f/1/5&b=f/${other}`);
    expect(await page.getByText(/^Directions: by cosine of decoders, in this SAE, /).count()).toBe(1);
    const density = page.getByRole('row', { name: /^Density/ });
    const values = (await density.getByRole('cell').allInnerTexts()).map((text) => Number.parseFloat(text));
    const [small, large] = values.toSorted((a, b) => a - b);
    expect(await density.locator('.unequal').count()).toBe(large >= 1.5 * small ? 1 : 0);
    expect(await page.locator('.side-by-side .s').count()).toBeGreaterThan(4);
    await columns.first().click();
    await page.getByRole('heading', { level: 1, name: 'Feature 1/5' }).waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('two heads, as a reader types them, by the keyboard, on a phone', async () => {
    const { page, faults } = await open('compare.html', { viewport: { width: 360, height: 740 } });
    await page.keyboard.type('1.0');
    await page.keyboard.press('Tab');
    await page.keyboard.type('1.2');
    await page.keyboard.press('Enter');
    await page.locator('.compared').waitFor();
    expect(await page.title()).toMatch(/^head 1\.0 and head 1\.2 · Compare/);
    expect(await page.getByRole('row', { name: /^Polysemanticity: Effective roles/ }).count()).toBe(1);
    expect(
      await page
        .getByRole('row', { name: /^Leading features/ })
        .locator('mark')
        .count(),
    ).toBeGreaterThan(0);
    expect(await page.locator('.side-by-side .seq > li').count()).toBe(6);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    expect(await faintTexts(page)).toEqual([]);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('two SAEs, by the rows of their table', async () => {
    const { page, faults } = await open('compare.html?a=s/0&b=s/1');
    await page.getByRole('row', { name: /^Explained variance/ }).waitFor();
    expect(await page.getByRole('row', { name: /^L0/ }).getByRole('cell').count()).toBe(2);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('what is not there, or of another kind, is said in one line', async () => {
    for (const [query, said] of [
      ['?a=f/1/5&b=h/1/0', 'feature 1/5 and head 1.0 are not of one kind.'],
      ['?a=f/1/5&b=../secret', '“../secret” names no feature, head or SAE.'],
      ['?a=s/0&b=s/7', 'The comparison did not load: there is no SAE 7.'],
    ] as const) {
      const { page } = await open(`compare.html${query}`);
      await expect.poll(() => page.getByRole('status').innerText(), { timeout: 20_000 }).toBe(said);
      await page.context().close();
    }
  });

  test('without scripts the page says what it needs', async () => {
    const { page } = await open('compare.html', { javaScriptEnabled: false });
    expect(await page.getByRole('status').innerText()).toContain('needs JavaScript');
    await page.context().close();
  });
});
