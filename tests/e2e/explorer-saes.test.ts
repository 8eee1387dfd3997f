import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import '@tensorflow/tfjs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentEffects } from '../../pipeline/effects.ts';
import { parseExplorerManifest } from '../../pipeline/files/explorer-manifest.ts';
import { loadModel } from '../../pipeline/files/model/model-dir.ts';
import { run } from '../../pipeline/run.ts';
import { quickConfig } from '../run/quick-case.ts';
import { folderOf, removeTemporaryFolders, temporaryFolder } from '../run/reference-case.ts';
import { writeSaeFolder } from '../run/site-case.ts';
import { equalSaes } from '../sae/equal-saes.ts';
import { launch, openPage } from './browser.ts';
import { buildSite } from './build-site.ts';
import { serve } from './static-server.ts';

const seed = 7;
const base = '/atlas/';
let browser: Browser;
let server: Server;
let home: string;
let site: string;

beforeAll(async () => {
  const folder = await temporaryFolder();
  const model = await loadModel(join(folderOf(seed), 'model'));
  for (const [name, layer, width] of [
    ['below', 0, 20],
    ['narrow', 1, 20],
    ['wide', 1, 30],
  ] as const) {
    await writeSaeFolder(join(folder, 'saes', name), equalSaes(model, layer, width).z);
  }
  const config = quickConfig(join(folder, 'run'), { layers: undefined, saes: join(folder, 'saes') });
  await run(config, silentEffects());
  site = join(folder, 'site');
  buildSite(config.out, site, base);
  ({ server, home } = await serve(site, base));
  browser = await launch();
}, 300_000);

afterAll(async () => {
  await browser?.close();
  server?.close();
  await removeTemporaryFolders();
});

const patiently = { timeout: 20_000 };
const choice = (page: Page) => page.getByLabel('SAE of layer 1');
const listed = (page: Page) =>
  page.getByRole('region', { name: 'Features of layer 1' }).getByRole('listitem').getByRole('link');

/** Which SAEs' weights a page has asked for, by id. */
function saesAskedFor(page: Page): Set<string> {
  const json = JSON.parse(readFileSync(join(site, 'explorer/manifest.json'), 'utf8'));
  const { saes } = parseExplorerManifest(json, 'manifest.json');
  const asked = new Set<string>();
  page.context().on('request', (request) => {
    const found = saes.find(({ file }) => request.url().endsWith(`/explorer/${file.path}`));
    if (found) asked.add(found.id);
  });
  return asked;
}

test('the SAE that is picked for a layer is the one that is used, and no other is downloaded', async () => {
  const { page, faults } = await openPage(browser, home);
  const asked = saesAskedFor(page);
  const text = encodeURIComponent('the cat sat on two dogs then the cat');
  await page.goto(`${home}explorer.html?text=${text}`, { waitUntil: 'load' });
  await page.getByRole('group', { name: 'Layer' }).getByRole('button', { name: '1', exact: true }).click(patiently);
  expect(await choice(page).locator('option').count()).toBe(2);
  const first = await choice(page).inputValue();
  const other = (
    await choice(page)
      .locator('option')
      .evaluateAll((all) => all.map((one) => Reflect.get(one, 'value')))
  ).find((id) => id !== first);
  expect(asked).not.toContain(other);
  await choice(page).selectOption(other);
  await expect.poll(() => new URL(page.url()).searchParams.get('saes')).toBe(other);
  await expect
    .poll(async () => (await listed(page).first().getAttribute('href')) ?? '', patiently)
    .toContain(`/f/${other}/`);
  expect(asked).toContain(other);
  await page.reload({ waitUntil: 'load' });
  await expect.poll(() => choice(page).inputValue(), patiently).toBe(other);
  await expect
    .poll(async () => (await listed(page).first().getAttribute('href')) ?? '', patiently)
    .toContain(`/f/${other}/`);
  await choice(page).selectOption(first);
  await expect.poll(() => new URL(page.url()).searchParams.get('saes')).toBeNull();
  await expect
    .poll(async () => (await listed(page).first().getAttribute('href')) ?? '', patiently)
    .toContain(`/f/${first}/`);
  expect(faults).toEqual([]);
});
