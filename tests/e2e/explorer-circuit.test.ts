import { readFileSync } from 'node:fs';
import { Resvg } from '@resvg/resvg-js';
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openPage } from './browser.ts';
import { base, previewEmbedded, site } from './embedded-preview.ts';
import { clearestInduction, type InductionExample } from './induction-example.ts';
import { faintTexts, focusedText, overflow } from './page-checks.ts';

/** An answer after a load of the model, on a busy machine. */
const patiently = { timeout: 30_000 };
/** Where the embedded model's induction head is. */
const INDUCTION_LAYER = 3;
const served = previewEmbedded();

const query = (page: Page) => new URL(page.url()).searchParams;
const circuit = (page: Page) => page.getByRole('region', { name: 'Circuit' });
const heading = (page: Page) => circuit(page).getByRole('heading', { level: 2 });
const strongest = (page: Page) =>
  circuit(page).getByRole('list', { name: 'Strongest heads and sources' }).getByRole('listitem').first();
const heatMap = (page: Page) => circuit(page).getByRole('application');
const tokens = (page: Page) => page.getByRole('listbox', { name: 'Tokens', exact: true }).getByRole('option');

/** The pages of induction features that the search lists first, and the clearest of them. */
async function findInduction(page: Page): Promise<InductionExample> {
  await page.goto(`${served.home}features?family=induction&layer=${INDUCTION_LAYER}`);
  await page.locator('.results .fl').first().waitFor(patiently);
  const links = await page.locator('.results .fl').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
  return clearestInduction(
    site,
    links.map((link) => link?.slice(base.length + 1).replace(/\.html$/, '') ?? ''),
  );
}

async function openExample(page: Page): Promise<void> {
  const { page: path } = await findInduction(page);
  await page.goto(served.home + path);
  await page.getByRole('link', { name: 'explore', exact: true }).first().click();
  await strongest(page).waitFor(patiently);
}

/** Where the strongest cell reads, from where: "1.1 reads ·Z 77 (−7)". */
async function strongestRead(page: Page): Promise<{ source: number; back: number }> {
  const text = await strongest(page).innerText();
  const [, source = '', back = ''] = text.match(/(\d+) \(−(\d+)\)/) ?? [];
  return { source: Number(source), back: Number(back) };
}

/** Every sum that is shown agrees with what was computed another way. */
async function expectSums(page: Page, count: number): Promise<void> {
  await expect.poll(() => circuit(page).locator('.sumline .holds').count(), patiently).toBe(count);
  expect(await circuit(page).locator('.sumline .off').count()).toBe(0);
}

test('from a repeated token to the feature of the token before, in under ten clicks', async () => {
  const { page, faults } = await openPage(served.browser, served.home);
  let clicks = 0;
  const click = async (target: Locator) => {
    await target.click(patiently);
    clicks++;
  };
  const induction = await findInduction(page);

  // The feature, and its top example in the explorer: the same activation as the pipeline gave.
  await click(page.locator(`.results a[href$="/${induction.page}.html"]`));
  await click(page.getByRole('link', { name: 'explore', exact: true }).first());
  await strongest(page).waitFor(patiently);
  await expect.poll(() => circuit(page).innerText(), patiently).toContain(`activation ${induction.activation}`);

  // It reads the token after the earlier occurrence of the present one.
  const { source, back } = await strongestRead(page);
  const texts = await tokens(page).allInnerTexts();
  expect(back).toBeGreaterThan(1);
  expect(texts[source - 1]).toBe(texts.at(-1));
  expect(source + back).toBe(texts.length - 1);
  await expectSums(page, 2);

  // Its head looks there because the key holds features of the token before.
  await click(strongest(page).getByRole('button', { name: 'why there?' }));
  const keys = circuit(page)
    .getByRole('region', { name: /^Why head/ })
    .getByRole('columnheader');
  const previous = keys.filter({ hasText: 'previous token' }).getByRole('button').first();
  await previous.waitFor(patiently);
  await expectSums(page, 3);
  const upstream = await previous.innerText();
  await click(previous);

  // That feature stands where the strong head looked, and reads the one token before it.
  await expect
    .poll(() => heading(page).innerText())
    .toMatch(new RegExp(`^Feature ${upstream} at .* position ${source}$`));
  await expect.poll(() => circuit(page).innerText(), patiently).toContain('family previous token');
  await expect.poll(() => strongestRead(page), patiently).toEqual({ source: source - 1, back: 1 });
  expect(await circuit(page).getByRole('navigation', { name: 'Path upstream' }).getByRole('button').count()).toBe(2);
  expect(clicks).toBeLessThan(10);
  expect(clicks).toBe(4);
  expect(faults).toEqual([]);
});

test('a circuit is in the address: it comes back from a reload, and step by step from the back button', async () => {
  const { page, faults } = await openPage(served.browser, served.home);
  await openExample(page);
  expect([...query(page).keys()]).toEqual(['ids', 'position', 'layer', 'target']);
  await strongest(page).getByRole('button', { name: 'take it apart' }).click();
  await strongest(page).getByRole('button', { name: 'why there?' }).click();
  await circuit(page).getByRole('button', { name: 'Draw the graph' }).click();
  const shown = async () => [
    await circuit(page).getByRole('table').allInnerTexts(),
    await circuit(page).locator('.picture svg').count(),
  ];
  await expect.poll(async () => (await shown())[1], patiently).toBe(1);
  const [before, address] = [await shown(), page.url()];
  expect(query(page).get('source')).toBe(String((await strongestRead(page)).source));
  expect(query(page).get('edge')).toMatch(new RegExp(`^${INDUCTION_LAYER}\\.\\d@\\d+,\\d+$`));
  await page.reload();
  await expect.poll(shown, patiently).toEqual(before);
  expect(page.url()).toBe(address);
  for (const _ of 'gew') await page.goBack();
  await expect.poll(() => query(page).get('source')).toBe(null);
  await expect
    .poll(() =>
      circuit(page)
        .getByRole('region', { name: /^Why head/ })
        .count(),
    )
    .toBe(0);
  expect(faults).toEqual([]);
});

test('by keyboard the heat map is read cell by cell, and a source is taken apart', async () => {
  const { page } = await openPage(served.browser, served.home);
  await openExample(page);
  await heatMap(page).focus();
  const readout = () => circuit(page).locator('#dfa-readout').innerText();
  await heatMap(page).press('End');
  const length = await tokens(page).count();
  expect(await readout()).toContain(`at ${length - 1}:`);
  await heatMap(page).press('ArrowLeft');
  expect(await readout()).toContain(`at ${length - 2} (−1):`);
  const head = async () => (await readout()).match(/^Head \d\.(\d)/)?.[1];
  for (const _ of 'eight heads at most') await heatMap(page).press('ArrowUp');
  expect(await head()).toBe('0');
  await heatMap(page).press('ArrowDown');
  expect(await head()).toBe('1');
  await heatMap(page).press('Enter');
  expect(query(page).get('source')).toBe(String(length - 2));
  await circuit(page)
    .getByRole('heading', { name: /^What it reads at/ })
    .waitFor();
  await expectSums(page, 2);
});

test('the graph is walked by arrow keys, pruned by its slider, and saved as an SVG that stands by itself', async () => {
  const { page, faults } = await openPage(served.browser, served.home);
  await openExample(page);
  // The focus is where one goes on, also once what had it is gone.
  await circuit(page).getByRole('button', { name: 'Draw the graph' }).press('Enter');
  expect(await focusedText(page)).toMatch(/^Graph of what/);
  await circuit(page).getByRole('button', { name: 'Hide' }).press('Enter');
  await expect.poll(() => focusedText(page)).toBe('Draw the graph');
  await page.keyboard.press('Enter');
  const nodes = circuit(page).locator('.picture [data-node]');
  await nodes.first().waitFor(patiently);
  const drawn = await nodes.count();
  const share = circuit(page).getByRole('slider', { name: 'Least share' });
  await share.press('ArrowRight');
  await expect.poll(() => query(page).get('graph'), patiently).toBe('3,0.03');
  await share.press('Home');
  await expect.poll(() => nodes.count(), patiently).toBeGreaterThan(drawn);
  expect(query(page).get('graph')).toBe('3,0.005');

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    circuit(page).getByRole('button', { name: 'Save SVG' }).click(),
  ]);
  const svg = readFileSync(await download.path(), 'utf8');
  expect(new Resvg(svg, { font: { loadSystemFonts: false } }).width).toBeGreaterThan(100);
  expect(svg.match(/data-node/g)).toHaveLength(await nodes.count());
  expect(svg).not.toMatch(/<style|href=|url\(/);

  // One stop in the tab order; the keys lead to a feature below, and Enter makes it the target.
  expect(await circuit(page).locator('.picture [tabindex="0"]').count()).toBe(1);
  const upstream = nodes.and(page.locator('.feature')).nth(1);
  // A node is called first what is written below it, cut as it is there.
  const named = await nodes.evaluateAll((all) =>
    all.map((node) => [
      node.getAttribute('aria-label') ?? '',
      Array.from(node.querySelectorAll('text'), (line) => line.textContent).join(' '),
    ]),
  );
  for (const [label, written] of named) expect(label.slice(0, written.length + 2)).toBe(`${written}; `);
  const [name = ''] = (await upstream.getAttribute('aria-label'))?.match(/Feature [^ ,]+/) ?? [];
  await upstream.focus();
  await upstream.press('ArrowDown');
  expect(await circuit(page).locator('.picture :focus').getAttribute('data-node')).not.toBe(
    await upstream.getAttribute('data-node'),
  );
  await upstream.focus();
  await upstream.press('Enter');
  await expect.poll(async () => name !== '' && (await heading(page).innerText()).startsWith(name)).toBe(true);
  expect(query(page).get('target')?.split(',').length).toBeGreaterThan(1);
  expect(faults).toEqual([]);
});

test('a circuit is copied as JSON that has every number', async () => {
  const { page } = await openPage(served.browser, served.home, { permissions: ['clipboard-read', 'clipboard-write'] });
  await openExample(page);
  await expectSums(page, 2);
  await circuit(page).getByRole('button', { name: 'Copy circuit as JSON' }).click();
  await circuit(page).getByRole('button', { name: 'Copied' }).waitFor();
  const report = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  const { byHeadAndSource, constant, preActivation } = report.attribution;
  const sum = byHeadAndSource.reduce((total: number, value: number) => total + value, constant);
  expect(Math.abs(sum - preActivation)).toBeLessThan(1e-3 * Math.abs(preActivation));
  expect(report.tokens).toHaveLength(await tokens(page).count());
  expect(report.decomposition.terms.length).toBeGreaterThan(1);
  expect(report.features.filter(({ name }: { name?: string }) => !name)).toEqual([]);
});

test('a circuit fits a phone, in light and dark, with nothing faint', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page, faults } = await openPage(served.browser, served.home, {
      viewport: { width: 360, height: 740 },
      colorScheme,
    });
    await openExample(page);
    await strongest(page).getByRole('button', { name: 'why there?' }).click();
    await circuit(page).getByRole('button', { name: 'Draw the graph' }).click();
    await circuit(page).locator('.picture svg').waitFor(patiently);
    await expectSums(page, 3);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    expect(await faintTexts(page)).toEqual([]);
    expect(faults).toEqual([]);
    await page.context().close();
  }
});

test('an example that the site does not have opens the explorer with a sentence on it', async () => {
  const { page } = await openPage(served.browser, served.home);
  await page.goto(`${served.home}explorer?context=99999999&target=0/0@3`);
  await page.getByText(/^The example did not open:/).waitFor(patiently);
});
