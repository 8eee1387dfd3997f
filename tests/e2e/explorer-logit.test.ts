import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openPage, type Watched } from './browser.ts';
import { previewEmbedded } from './embedded-preview.ts';
import { faintTexts, overflow } from './page-checks.ts';

const PROMPT = ' table light river stone table light river';
/** One whose logit difference comes from several tokens. */
const WIDE_PROMPT = ' the market and the city of the market and the';
/** A pass after a load of the model, on a busy machine. */
const patiently = { timeout: 30_000 };
const served = previewEmbedded();

async function open(query = '', options = {}, prompt = PROMPT): Promise<Watched> {
  const watched = await openPage(served.browser, served.home, options);
  await watched.page.goto(`${served.home}explorer?text=${encodeURIComponent(prompt)}${query}`, { waitUntil: 'load' });
  await predictions(watched.page).first().waitFor(patiently);
  return watched;
}

const query = (page: Page) => new URL(page.url()).searchParams;
const next = (page: Page) => page.getByRole('region', { name: 'Next token' });
const predictions = (page: Page) => next(page).getByRole('rowheader');
const panel = (page: Page) => page.getByRole('region', { name: 'Logit', exact: true });
const features = (page: Page) => page.getByRole('region', { name: /^Features at/ });
const order = (page: Page) => features(page).getByRole('combobox', { name: 'Order by' });

/** Every sum that is shown agrees with what was computed another way. */
async function expectSums(page: Page, count: number): Promise<void> {
  await expect.poll(() => panel(page).locator('.sumline .holds').count(), patiently).toBe(count);
  expect(await panel(page).locator('.sumline .off').count()).toBe(0);
}

test('a next token is clicked and a second taken away: sums hold by feature and by head, and a graph goes down to tokens', async () => {
  const { page, faults } = await open('', {}, WIDE_PROMPT);
  await next(page)
    .getByRole('button', { name: /explain its logit$/ })
    .first()
    .click();
  await expectSums(page, 1);
  await next(page)
    .getByRole('button', { name: /^Take away the logit of/ })
    .first()
    .click();
  await panel(page)
    .getByRole('heading', { name: /^Logit difference/ })
    .waitFor(patiently);
  expect(query(page).get('logit')).toMatch(/^\d+-\d+$/);
  await expectSums(page, 1);
  await panel(page).getByRole('button', { name: 'By head' }).click();
  await expectSums(page, 1);

  await panel(page).getByRole('button', { name: 'Draw the graph' }).click();
  await panel(page).locator('.picture .node.logit').waitFor(patiently);
  expect(await panel(page).locator('.picture .node.embedding').count()).toBeGreaterThan(1);
  expect(query(page).get('graph')).toMatch(/,logit$/);

  // A feature of the graph is looked at from the logit, and the graph stays the logit's.
  await panel(page).locator('.picture .node.feature').first().press('Enter');
  const circuit = page.getByRole('region', { name: 'Circuit' });
  await circuit.locator('.picture .node.logit').waitFor(patiently);
  const address = page.url();
  await page.reload();
  await circuit.locator('.picture .node.logit').waitFor(patiently);
  expect(page.url()).toBe(address);
  expect(faults).toEqual([]);
});

test('features are ordered by what they add to a logit, then by what it changes by without them', async () => {
  const { page, faults } = await open();
  await order(page).selectOption({ label: 'direct logit attribution' });
  const ranked = features(page).getByRole('region', { name: 'Features in order' }).getByRole('listitem');
  await expect.poll(() => ranked.count(), patiently).toBeGreaterThan(5);
  const sizes = async () =>
    (await ranked.locator('.score').allInnerTexts()).map((text) => Math.abs(Number(text.replace('−', '-'))));
  const direct = await sizes();
  expect(direct).toEqual(direct.toSorted((a, b) => b - a));
  expect(query(page).get('logit')).toMatch(/^\d+$/);

  await order(page).selectOption({ label: 'change of the logit when set to zero' });
  await expect.poll(() => features(page).getByRole('progressbar').count(), patiently).toBe(0);
  await expect.poll(() => ranked.count(), patiently).toBeGreaterThan(5);
  const measured = await sizes();
  expect(measured).toEqual(measured.toSorted((a, b) => b - a));

  // What was measured is what the edited pass gives, printed with two digits.
  const numberOf = (text: string) => Number(text.trim().replace('−', '-'));
  const change = numberOf(await ranked.first().locator('.score').innerText());
  await ranked
    .first()
    .getByRole('button', { name: /^Set .* to zero here$/ })
    .click();
  const shift = next(page).getByRole('row').nth(1).getByRole('cell').nth(3);
  await shift.waitFor(patiently);
  expect(Math.abs(numberOf(await shift.innerText()) - change)).toBeLessThan(0.06 * Math.abs(change));
  expect(faults).toEqual([]);
});

test('a token that is not among the ten is typed, and two tokens are refused', async () => {
  const { page, faults } = await open();
  const other = next(page).getByRole('textbox', { name: /another token$/ });
  await other.fill(' table light');
  await other.press('Enter');
  await next(page).getByRole('alert').waitFor(patiently);
  await other.fill(' light');
  await other.press('Enter');
  await panel(page)
    .getByRole('heading', { name: /^Logit ·light/ })
    .waitFor(patiently);
  await expectSums(page, 1);
  expect(faults).toEqual([]);
});

test.each(['light', 'dark'] as const)('in %s on a phone a logit fits, with nothing faint', async (colorScheme) => {
  const { page, faults } = await open('&logit=300-301&rank=ablation', {
    colorScheme,
    viewport: { width: 360, height: 740 },
  });
  await panel(page).getByRole('button', { name: 'By head' }).click(patiently);
  await expectSums(page, 1);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  expect(await faintTexts(page)).toEqual([]);
  expect(faults).toEqual([]);
});
