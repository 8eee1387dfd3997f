import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openPage, type Watched } from './browser.ts';
import { previewEmbedded } from './embedded-preview.ts';
import { faintTexts, overflow, smallTargets } from './page-checks.ts';

/** Words said twice: what follows the last is what followed it the first time. */
const SAID = ' market water city';
const REPEATED = `${SAID} night${SAID}`;
/** In the embedded model, by its patterns on repeated random tokens. */
const PREVIOUS_TOKEN_HEAD = '1.7';
/** A pass after a load of the model, on a busy machine. */
const patiently = { timeout: 20_000 };
const served = previewEmbedded();

async function open(query = '', options = {}): Promise<Watched> {
  const watched = await openPage(served.browser, served.home, options);
  await watched.page.goto(`${served.home}explorer${query}`, { waitUntil: 'load' });
  await watched.page.locator('.prompt textarea:enabled').first().waitFor();
  return watched;
}

const ask = (text: string) => `?text=${encodeURIComponent(text)}`;
const query = (page: Page) => new URL(page.url()).searchParams;
const tokens = (page: Page) => page.getByRole('listbox', { name: 'Tokens', exact: true }).getByRole('option');
const features = (page: Page) => page.getByRole('region', { name: /^Features at/ });
const predictions = (page: Page) => page.getByRole('region', { name: 'Next token' }).getByRole('rowheader');
const layer = (page: Page, name: string) =>
  page.getByRole('group', { name: 'Layer' }).getByRole('button', { name, exact: true });
const head = (page: Page, name: string) => page.getByRole('button', { name: new RegExp(`^Head ${name}:`) });

test('a prompt typed shows its tokens, the features of the last and the token that follows by induction', async () => {
  const { page, faults } = await open();
  const prompt = page.getByRole('textbox', { name: 'Prompt', exact: true });
  const size = /\(\d+\.\d MB to download first\)/;
  await expect.poll(() => prompt.getAttribute('placeholder')).toMatch(size);
  expect(await page.locator('.shade-note').innerText()).toMatch(size);
  await prompt.pressSequentially(REPEATED);
  await predictions(page).first().waitFor();
  expect(await prompt.getAttribute('placeholder')).toBe('Type anything');
  expect((await tokens(page).allInnerTexts()).slice(1).join('')).toBe(REPEATED);
  expect(await tokens(page).last().getAttribute('aria-selected')).toBe('true');
  const first = async () => (await predictions(page).first().innerText()).replace('·', ' ');
  await expect.poll(async () => REPEATED.startsWith(`${SAID}${await first()}`), patiently).toBe(true);
  for (const name of ['0', '1', '2', '3'])
    expect(
      await features(page)
        .getByRole('region', { name: `Features of layer ${name}` })
        .isVisible(),
    ).toBe(true);
  await expect.poll(() => query(page).get('text')).toBe(REPEATED);
  expect(faults).toEqual([]);
});

test('a prompt that came with a link says how much it downloads, and waits; on the next visit it is there', async () => {
  const context = await served.browser.newContext();
  const page = await context.newPage();
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(request.url()));
  const ofModel = () => fetched.filter((url) => url.endsWith('.safetensors'));
  await page.goto(`${served.home}explorer${ask(REPEATED)}`);
  const load = page.getByRole('button', { name: /^Load the model and its SAEs \(\d+\.\d MB\)$/ });
  await load.waitFor(patiently);
  await expect.poll(() => tokens(page).count(), patiently).toBeGreaterThan(5);
  expect(ofModel()).toEqual([]);
  await load.click();
  await predictions(page).first().waitFor(patiently);
  expect(await load.count()).toBe(0);
  expect(ofModel().length).toBeGreaterThan(5);
  await page.reload();
  await predictions(page).first().waitFor(patiently);
  await context.close();
});

test('pointing at a feature shades the tokens that it is active on', async () => {
  const { page } = await open(ask(REPEATED));
  async function pointed(): Promise<string> {
    // What is above the list still comes, and slides it from under the pointer.
    await features(page).getByRole('listitem').first().hover();
    return `${await page.locator('.shade-note').innerText()} ${await tokens(page).last().getAttribute('class')}`;
  }
  await expect.poll(pointed, patiently).toMatch(/^Shaded by the activation of \d+\/\d+\. .*\ba[1-9]\b/);
});

test('without the head that finds the token before, what was said is not said again', async () => {
  const { page, faults } = await open(ask(REPEATED));
  await layer(page, '1').click();
  await head(page, PREVIOUS_TOKEN_HEAD).click();
  await page.getByRole('button', { name: `Set ${PREVIOUS_TOKEN_HEAD} to zero` }).click();
  const row = page.getByRole('region', { name: 'Next token' }).getByRole('row').nth(1);
  await row.getByRole('cell').nth(3).waitFor();
  const [before, after] = await row.getByRole('cell').allInnerTexts();
  const percents = [before, after].map((text) => Number.parseFloat(text?.replace('<', '') ?? ''));
  expect(Math.abs((percents[0] ?? 0) - (percents[1] ?? 0))).toBeGreaterThan(5);
  const loss = await page.getByText('Mean loss').locator('..').innerText();
  expect(loss).toMatch(/\(\+\d/);
  expect(await page.getByRole('region', { name: /^Changed features of layer/ }).count()).toBeGreaterThan(0);
  expect(query(page).get('edits')).toBe(`${PREVIOUS_TOKEN_HEAD}:zero`);
  await page.getByRole('button', { name: `Undo the change to ${PREVIOUS_TOKEN_HEAD}` }).click();
  await expect.poll(() => predictions(page).count(), patiently).toBe(10);
  expect(query(page).get('edits')).toBe(null);
  expect(faults).toEqual([]);
});

test('what is picked is in the address, and comes back from a reload and from the back button', async () => {
  const { page, faults } = await open(ask(REPEATED));
  await tokens(page).nth(4).click();
  await layer(page, '1').click();
  await head(page, '1.3').click();
  await page
    .getByRole('button', { name: /^Look inside 1\// })
    .first()
    .click();
  await expect.poll(() => query(page).get('target')).toMatch(/^1\/\d+@4$/);
  const address = page.url();
  expect([...query(page).keys()]).toEqual(['text', 'position', 'layer', 'head', 'target']);
  const shown = () => features(page).getByRole('link').allInnerTexts();
  const links = await shown();
  await page.reload();
  await expect.poll(shown, patiently).toEqual(links);
  expect(page.url()).toBe(address);
  expect(await tokens(page).nth(4).getAttribute('aria-selected')).toBe('true');
  expect(await head(page, '1.3').getAttribute('aria-pressed')).toBe('true');
  for (const _ of 'thl') await page.goBack();
  await expect.poll(() => query(page).get('layer')).toBe(null);
  expect(await tokens(page).nth(4).getAttribute('aria-selected')).toBe('true');
  await page.goBack();
  await expect.poll(() => tokens(page).last().getAttribute('aria-selected')).toBe('true');
  expect(faults).toEqual([]);
});

test('a prompt may come as token ids, and what makes no sense beside it gives a notice', async () => {
  const { page, faults } = await open('?ids=4095,300,301&position=1&layer=99&edits=nonsense&target=0/99999@1');
  await predictions(page).first().waitFor();
  expect(await tokens(page).count()).toBe(3);
  expect(await tokens(page).nth(1).getAttribute('aria-selected')).toBe('true');
  const notices = page.locator('.fault');
  expect(await notices.allInnerTexts()).toEqual([
    expect.stringContaining('edits is “nonsense”'),
    expect.stringContaining('has no feature 0/99999'),
    expect.stringContaining('has no layer 99'),
  ]);
  await expect.poll(() => page.getByRole('textbox', { name: 'Prompt', exact: true }).inputValue()).not.toBe('');
  expect(faults).toEqual([]);
});

test('an address whose edit overflows, and whose position is past its prompt, gets a line on each', async () => {
  const { page, faults } = await open('?ids=4095,300,301&position=77&edits=1.7:x1e308');
  await page.getByText('The prompt of 3 tokens has no position 77: left out.').waitFor(patiently);
  await page
    .getByRole('complementary', { name: 'Effect of the changes' })
    .getByText(/^The pass overflowed: its figures at position \d are not finite/)
    .waitFor(patiently);
  expect(await page.locator('.preds.both').count()).toBe(0);
  await expect.poll(() => query(page).get('position')).toBe(null);
  expect(faults).toEqual([]);
});

test('a prompt longer than the model’s context is cut, and says by how much', async () => {
  const { page } = await open(ask(' river'.repeat(200)));
  const notice = page.getByText(/Only the first 128 tokens are used, the model’s context: \d+ dropped/);
  await notice.waitFor();
  await expect.poll(() => tokens(page).count()).toBe(128);
  await predictions(page).first().waitFor();
  await expect.poll(() => query(page).get('ids')?.split(',').length, patiently).toBe(128);
  expect(query(page).get('text')).toBe(null);
  await page.reload();
  await expect.poll(() => tokens(page).count(), patiently).toBe(128);
  expect(await page.getByRole('textbox', { name: 'Prompt', exact: true }).inputValue()).toBe(' river'.repeat(200));
});

test('two prompts stand side by side, and what differs is marked', async () => {
  const { page, faults } = await open(
    `${ask(' the red river and the')}&text2=${encodeURIComponent(' the red light and the')}`,
  );
  await page.getByRole('region', { name: 'Side by side' }).getByRole('table').waitFor();
  const figures = () => page.getByRole('region', { name: 'Side by side' }).getByRole('cell').allInnerTexts();
  await expect.poll(async () => (await figures()).filter((text) => /^< |…/.test(text)), patiently).toEqual([]);
  const second = page.getByRole('listbox', { name: 'Tokens of the second prompt' }).getByRole('option');
  const marked = async (all: ReturnType<Page['locator']>) => all.and(page.locator('.differs')).allInnerTexts();
  expect(await marked(tokens(page))).toEqual([' river']);
  expect(await marked(second)).toEqual([' light']);
  await second.and(page.locator('.differs')).click();
  await expect
    .poll(() => query(page).get('position'))
    .toBe(String((await tokens(page).allInnerTexts()).indexOf(' river')));
  await page
    .getByRole('region', { name: /^Changed features of layer/ })
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'Close the second prompt' }).click();
  await predictions(page).first().waitFor();
  expect(query(page).get('text2')).toBe(null);
  expect(faults).toEqual([]);
});

test('an attention score is read and picked cell by cell', async () => {
  const { page, faults } = await open(`${ask(REPEATED)}&layer=1&head=1`);
  const cells = page.getByRole('application', { name: /^Attention of head 1.1/ });
  await cells.focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowLeft');
  const readout = page.getByRole('region', { name: 'Attention' }).getByRole('status');
  expect(await readout.innerText()).toMatch(/^1\.1: \S+ at \d+ attends [\d.]+% to \S+ at \d+$/);
  await page.keyboard.press('Enter');
  await expect.poll(() => query(page).get('edge')).toMatch(/^1\.1@\d+,\d+$/);
  await page.getByRole('heading', { name: /^Why head 1\.1/ }).waitFor();
  expect(faults).toEqual([]);
});

test('from the keyboard alone: type, pick a token, look inside a feature, set it to zero', async () => {
  const { page, faults } = await open();
  await page.getByRole('textbox', { name: 'Prompt', exact: true }).focus();
  await page.keyboard.type(REPEATED);
  await predictions(page).first().waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  const last = (await tokens(page).count()) - 1;
  await expect.poll(() => query(page).get('position')).toBe(String(last - 1));
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
  for (let i = 0; i < 40 && !(await focused()).startsWith('Look inside'); i++) await page.keyboard.press('Tab');
  const first = await focused();
  await page.keyboard.press('ArrowDown');
  expect(await focused()).not.toBe(first);
  expect(await focused()).toMatch(/^Look inside/);
  await page.keyboard.press('Enter');
  await expect.poll(() => query(page).get('target')).toMatch(new RegExp(`@${last - 1}$`));
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await expect.poll(() => query(page).get('edits')).toMatch(/:zero$/);
  expect(faults).toEqual([]);
});

test.each(['light', 'dark'] as const)('in %s on a phone everything stands out and fits', async (colorScheme) => {
  const { page, faults } = await open(`${ask(REPEATED)}&layer=1&head=1&edits=1.1:zero`, {
    colorScheme,
    viewport: { width: 360, height: 740 },
  });
  await page
    .getByRole('region', { name: /^Changed features of layer/ })
    .first()
    .waitFor();
  await page.getByRole('application').waitFor();
  expect(await smallTargets(page, '#explorer')).toEqual([]);
  const differences = page.locator('.preds.both');
  const room = (await differences.locator('..').boundingBox())?.width ?? 0;
  expect((await differences.boundingBox())?.width).toBeLessThanOrEqual(room);
  expect((await differences.getByRole('rowheader').first().boundingBox())?.width).toBeGreaterThan(50);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  expect(await faintTexts(page)).toEqual([]);
  expect(faults).toEqual([]);
});

test('what is shown is copied as JSON', async () => {
  const { page } = await open(ask(REPEATED), { permissions: ['clipboard-read', 'clipboard-write'] });
  await predictions(page).first().waitFor();
  await page.getByRole('button', { name: 'Copy as JSON' }).click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  expect(copied.passes[0].tokens.slice(1).join('')).toBe(REPEATED);
  expect(copied.passes[0].predictions[0].probability).toBeGreaterThan(0);
  expect(copied.passes[0].features.length).toBeGreaterThan(0);
  // Also those that no list has shown.
  expect(copied.passes[0].features.filter(({ name }: { name?: string }) => !name)).toEqual([]);
});

test('features are called as on their pages, in the list and inside', async () => {
  const { page, faults } = await open(ask(REPEATED));
  const row = features(page).getByRole('region', { name: 'Features of layer 1' }).getByRole('listitem').first();
  await row.locator('.name').waitFor();
  await row.getByRole('button', { name: /^Look inside/ }).click();
  const inside = page.getByRole('region', { name: 'Circuit' });
  await inside.locator('.called .name').waitFor();
  const plain = (text: string) => text.replaceAll(/\s|\.$/g, '').toLowerCase();
  const name = plain(await inside.locator('.called .name').innerText());
  const start = plain(await row.locator('.name').innerText()).replace(/…$/, '');
  expect(name.startsWith(start)).toBe(true);
  await inside.getByRole('heading', { level: 2 }).getByRole('link').click();
  expect(plain(await page.locator('.answer').first().innerText())).toBe(name);
  expect(faults).toEqual([]);
});

test('a browser without WebGPU and WebAssembly gets a sentence that says so', async () => {
  const { page, faults } = await openPage(served.browser, served.home);
  await page.route('**/worker-*.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `self.WebAssembly = undefined; ${await response.text()}` });
  });
  await page.goto(`${served.home}explorer`);
  expect(await page.getByRole('alert').innerText()).toMatch(/^This browser has neither WebGPU nor WebAssembly.*\.$/);
  expect(faults).toEqual([]);
});

test('without scripts the page says what it is and needs', async () => {
  const { page } = await openPage(served.browser, served.home, { javaScriptEnabled: false });
  await page.goto(`${served.home}explorer`);
  expect(await page.locator('#explorer').innerText()).toMatch(/needs JavaScript/);
});
