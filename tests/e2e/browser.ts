import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const quiet = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const silent = ['--disable-component-update', '--disable-sync'];

export function launch(more: readonly string[] = []): Promise<Browser> {
  const executablePath = process.env.ATLAS_BROWSER ?? '/usr/bin/chromium';
  return chromium.launch({ executablePath, args: [...quiet, ...silent, ...more] });
}

/** WebGPU on a software GPU, which Chromium brings along. */
export const softwareGpu = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

export interface Watched {
  readonly page: Page;
  /** Console errors, policy violations, uncaught errors, dialogs and requests that went elsewhere, as they came. */
  readonly faults: readonly string[];
}

/** A page in a context of its own that notes everything that should not happen, and loads the model when it is asked to. */
export async function openPage(browser: Browser, home: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const page = await (await browser.newContext(options)).newPage();
  await page.addInitScript(() => {
    const load = () => document.querySelector<HTMLElement>('button.load')?.click();
    new MutationObserver(load).observe(document, { childList: true, subtree: true });
  });
  const { origin } = new URL(home);
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith('data:'))
      faults.push(`request: ${request.url()}`);
  });
  page.on('requestfailed', (request) => {
    // What the browser itself gave up because the page was left (an icon, mostly) is no fault of the page.
    const reason = request.failure()?.errorText;
    if (reason !== 'net::ERR_ABORTED') faults.push(`failed: ${request.url()} ${reason}`);
  });
  return { page, faults };
}
