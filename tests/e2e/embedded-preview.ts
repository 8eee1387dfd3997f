import type { Server } from 'node:http';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { silentEffects } from '../../pipeline/effects.ts';
import { preview } from '../../pipeline/preview.ts';
import { launch } from './browser.ts';

/** The site that `npm test` built from the embedded model, and its base path. */
export const { ATLAS_SITE: site = '.cache/proof/site', ATLAS_SITE_BASE: base = '/atlas' } = process.env;

/** Serves that site as `atlas preview` does for a file's tests, with a browser beside it; both are there once they begin. */
export function previewEmbedded(): { readonly browser: Browser; readonly home: string } {
  let server: Server;
  let browser: Browser;
  let home = '';
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
  return {
    get browser() {
      return browser;
    },
    get home() {
      return home;
    },
  };
}
