import { expect, test } from 'vitest';
import { openPage } from './browser.ts';
import { drawn } from './drawn.ts';
import { previewEmbedded } from './embedded-preview.ts';

const served = previewEmbedded();

test.each([
  ['', 'Overview'],
  ['features', 'Features'],
  ['heads', 'Heads'],
  ['methods', 'Methods'],
  ['f/0/0', 'Feature 0/0'],
  ['h/0/0', 'Head'],
])('the page "%s" opens at its short address under the base path, without a fault', async (path, heading) => {
  const { page, faults } = await openPage(served.browser, served.home);
  const response = await page.goto(served.home + path, { waitUntil: 'load' });
  await drawn(page);
  expect(response?.status()).toBe(200);
  if (path !== '') expect(await page.locator('h1').innerText()).toContain(heading);
  expect(faults).toEqual([]);
});

test('a page that is not there says so', async () => {
  const { page } = await openPage(served.browser, served.home);
  const response = await page.goto(`${served.home}nowhere`);
  expect(response?.status()).toBe(404);
  await page.locator('h1').waitFor();
});

test('from the overview one click leads to a head, and one more to a feature with its examples', async () => {
  const { page, faults } = await openPage(served.browser, served.home);
  // A click before the page has loaded would cancel what it still loads.
  await page.goto(served.home, { waitUntil: 'load' });
  await page.locator('main a[href*="/h/"]').first().click();
  await page.waitForURL(/\/h\/\d+\/\d+/, { waitUntil: 'load' });
  await page.locator('main a[href*="/f/"]').first().click();
  await page.waitForURL(/\/f\/\d+\/\d+/, { waitUntil: 'load' });
  expect(await page.locator('main').innerText()).toMatch(/activation/i);
  expect(faults).toEqual([]);
});
