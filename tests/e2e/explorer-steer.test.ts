import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openPage, type Watched } from './browser.ts';
import { previewEmbedded } from './embedded-preview.ts';
import { faintTexts, focusedText, overflow } from './page-checks.ts';

const PROMPT = ' table light river stone table light river';
/** A pass after a load of the model, on a busy machine. */
const patiently = { timeout: 30_000 };
const served = previewEmbedded();

async function open(query = '', options = {}): Promise<Watched> {
  const watched = await openPage(served.browser, served.home, options);
  await watched.page.goto(`${served.home}explorer?text=${encodeURIComponent(PROMPT)}${query}`, { waitUntil: 'load' });
  await watched.page.getByRole('region', { name: 'Next token' }).getByRole('rowheader').first().waitFor(patiently);
  return watched;
}

const query = (page: Page) => new URL(page.url()).searchParams;
const effect = (page: Page) => page.getByRole('complementary', { name: 'Effect of the changes' });
const generation = (page: Page) => page.getByRole('region', { name: 'Generation' });
const panel = (page: Page) => page.getByRole('region', { name: 'Logit', exact: true });
const text = (page: Page, which: string) =>
  generation(page)
    .getByRole('region', { name: `Text ${which}` })
    .getByRole('paragraph');

test('what an edit does stays in the window, the logit difference among it, however far down it is made', async () => {
  const { page, faults } = await open('&layer=1', { viewport: { width: 1280, height: 500 } });
  await page
    .getByRole('button', { name: /^Set 1\/\d+ to zero here$/ })
    .last()
    .click(patiently);
  await expect.poll(() => effect(page).innerText(), patiently).toMatch(/1 change.*Δ logit difference/s);
  const box = await effect(page).boundingBox();
  expect(box && box.y >= 0 && box.y + box.height <= 500).toBe(true);

  // Attention patterns are of the edited pass, or of the change.
  await page.getByRole('button', { name: 'all', exact: true }).waitFor();
  await page.getByRole('group', { name: 'Layer' }).getByRole('button', { name: '2', exact: true }).click();
  await page.getByRole('button', { name: /^Head 2\.0: attends/ }).waitFor(patiently);
  await page.getByRole('group', { name: 'Patterns of' }).getByRole('button', { name: 'what they change' }).click();
  await page.getByRole('button', { name: /^Head 2\.0: attention changes/ }).waitFor(patiently);
  expect(query(page).get('patterns')).toBe('change');

  await effect(page).getByRole('button', { name: 'Undo all' }).press('Enter');
  await expect.poll(() => effect(page).count()).toBe(0);
  expect(await focusedText(page)).toBe('Interventions');
  expect(faults).toEqual([]);
});

test('a feature’s direction is added, and text is continued before and after, the same for the same seed', async () => {
  const { page, faults } = await open();
  await page
    .getByRole('button', { name: /^Steer by/ })
    .first()
    .click();
  expect(query(page).get('edits')).toMatch(/^\d+\/\d+:add[\d.]+$/);
  await page.getByRole('spinbutton', { name: /^How much of/ }).fill('30');
  await page.getByRole('spinbutton', { name: /^How much of/ }).press('Enter');
  await generation(page).getByRole('spinbutton', { name: 'Tokens' }).fill('6');
  await generation(page).getByRole('button', { name: 'Generate' }).press('Enter');
  const settled = async () => {
    await expect.poll(() => generation(page).getByRole('button', { name: 'Stop' }).count(), patiently).toBe(0);
    return [await text(page, 'before').innerText(), await text(page, 'after').innerText()];
  };
  await text(page, 'after').waitFor(patiently);
  const [before = '', after = ''] = await settled();
  expect(await focusedText(page)).toBe('Another');
  expect(before).not.toBe(after);
  expect(before.length).toBeGreaterThan(20);
  expect(query(page).get('generate')).toBe('6,0.7,0');
  await page.reload();
  await text(page, 'after').waitFor(patiently);
  await expect.poll(settled, patiently).toEqual([before, after]);
  await generation(page).getByRole('button', { name: 'Close' }).press('Enter');
  await expect.poll(() => focusedText(page)).toBe('Generate');
  expect(faults).toEqual([]);
});

test('nodes are pinned and grouped in the address, and a saved graph is opened again as it was', async () => {
  const { page, faults } = await open('&logit=300-301&graph=2,0.01,logit');
  const nodes = panel(page).locator('.picture [data-node]');
  await nodes.first().waitFor(patiently);
  const drawn = await nodes.count();
  const features = panel(page).locator('.picture .node.feature');
  const names = await Promise.all([0, 1].map((index) => features.nth(index).getAttribute('data-node')));
  const marks = panel(page).getByRole('region', { name: 'Pinned nodes and groups' });
  const hasFocus = () => page.evaluate(() => document.activeElement?.getAttribute('data-node'));
  for (const [before, name] of names.entries()) {
    const node = panel(page).locator(`.picture [data-node="${name}"]`);
    await node.focus();
    await node.press('p');
    await expect.poll(() => query(page).get('pins')?.split(',').length, patiently).toBe(before + 1);
    // The graph is drawn anew with the list of its marks.
    await marks
      .getByRole('button', { name: /^Unpin / })
      .nth(before)
      .waitFor();
    expect(await hasFocus()).toBe(name);
  }
  await marks.getByRole('button', { name: 'Check all' }).click();
  await marks.getByRole('textbox', { name: /^Group the 2 checked as/ }).fill('both');
  await page.keyboard.press('Enter');
  await expect.poll(() => nodes.count(), patiently).toBe(drawn - 1);
  // Its details are opened from there, and stay so when it is renamed.
  expect(await focusedText(page)).toBe('both 2 nodes');
  await page.keyboard.press('Enter');
  await marks.getByRole('textbox', { name: 'Name' }).fill('the two');
  await page.keyboard.press('Tab');
  await marks.getByText('the two 2 nodes').waitFor();
  expect(await focusedText(page)).toBe('Ungroup');
  expect(query(page).get('group')).toMatch(/^feature[\d.]+,feature[\d.]+:the two$/);
  await panel(page).locator('.picture [data-node="group:the two"]').waitFor();

  const alone = (region: Locator) => region.getByRole('checkbox', { name: /^draw these alone/ });
  const said = (region: Locator) =>
    region.locator('.picture [data-node]').evaluateAll((all) => all.map((node) => node.getAttribute('aria-label')));
  await alone(panel(page)).check();
  await expect.poll(() => nodes.count(), patiently).toBe(2);
  await panel(page).getByText('2 nodes, 1 edge. ').waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    panel(page).getByRole('button', { name: 'Save graph as JSON' }).click(),
  ]);
  const path = await download.path();
  const file = JSON.parse(readFileSync(path, 'utf8'));
  expect(file.qParams.supernodes[0][0]).toBe('the two');
  expect(file.links.length).toBeGreaterThan(drawn / 2);

  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'graph.json', mimeType: 'application/json', buffer: readFileSync(path) });
  const opened = page.getByRole('region', { name: 'Graph of a file' });
  await opened.locator('.picture [data-node="group:the two"]').waitFor(patiently);
  expect(await said(opened)).toEqual(await said(panel(page)));
  expect(await opened.getByRole('slider', { name: 'Least share' }).getAttribute('aria-valuetext')).toBe('1.0%');
  for (const region of [opened, panel(page)]) await alone(region).uncheck();
  await expect.poll(() => nodes.count(), patiently).toBe(drawn - 1);
  expect(await said(opened)).toEqual(await said(panel(page)));
  await opened.getByRole('button', { name: 'Take up its prompt and marks' }).click();
  await expect.poll(() => query(page).get('ids'), patiently).not.toBe(null);
  await panel(page).locator('.picture [data-node="group:the two"]').waitFor(patiently);
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'bad.json', mimeType: 'application/json', buffer: Buffer.from('{}') });
  await page.getByText(/^Not a graph in circuit-tracer's format/).waitFor(patiently);
  expect(faults).toEqual([]);
});

test.each(['light', 'dark'] as const)(
  'in %s on a phone marks, steering and texts fit, with nothing faint',
  async (colorScheme) => {
    const { page, faults } = await open(
      '&logit=300-301&graph=1,0.05,logit&pins=mlp.1.10&edits=1/239:add6&generate=3,0,0',
      {
        colorScheme,
        viewport: { width: 360, height: 740 },
      },
    );
    await panel(page).locator('.picture svg').waitFor(patiently);
    await text(page, 'after').waitFor(patiently);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    expect(await faintTexts(page)).toEqual([]);
    expect(faults).toEqual([]);
  },
);
