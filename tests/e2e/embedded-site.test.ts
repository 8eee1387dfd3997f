import type { Server } from 'node:http';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentEffects } from '../../pipeline/effects.ts';
import { preview } from '../../pipeline/preview.ts';
import { launch, openPage } from './browser.ts';

/** The site that `npm test` built from the embedded model, and its base path, served as `atlas preview` serves it. */
const { ATLAS_SITE: site = '.cache/proof/site', ATLAS_SITE_BASE: base = '/atlas' } = process.env;
let server: Server;
let browser: Browser;
let home: string;

beforeAll(async () => {
  server = await preview({ site, base, host: '127.0.0.1', port: 0 }, silentEffects());
  const address = server.address();
  home = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}${base}/`;
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

test.each([
  ['', 'Overview'],
  ['features', 'Features'],
  ['heads', 'Heads'],
  ['methods', 'Methods'],
  ['f/0/0', 'Feature 0/0'],
  ['h/0/0', 'Head'],
])('the page "%s" opens at its short address under the base path, without a fault', async (path, heading) => {
  const { page, faults } = await openPage(browser, home);
  const response = await page.goto(home + path, { waitUntil: 'networkidle' });
  expect(response?.status()).toBe(200);
  if (path !== '') expect(await page.locator('h1').innerText()).toContain(heading);
  expect(faults).toEqual([]);
});

test('a page that is not there says so', async () => {
  const { page } = await openPage(browser, home);
  const response = await page.goto(`${home}nowhere`);
  expect(response?.status()).toBe(404);
  await page.locator('h1').waitFor();
});

test('from the overview one click leads to a head, and one more to a feature with its examples', async () => {
  const { page, faults } = await openPage(browser, home);
  // A click before the page is quiet would cancel what it still loads.
  await page.goto(home, { waitUntil: 'networkidle' });
  await page.locator('main a[href*="/h/"]').first().click();
  await page.waitForURL(/\/h\/\d+\/\d+/, { waitUntil: 'networkidle' });
  await page.locator('main a[href*="/f/"]').first().click();
  await page.waitForURL(/\/f\/\d+\/\d+/, { waitUntil: 'networkidle' });
  expect(await page.locator('main').innerText()).toMatch(/activation/i);
  expect(faults).toEqual([]);
});
