import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { globSync } from 'tinyglobby';
import type { ExplorerSession } from '../../site/explorer/protocol.ts';

const comlink = readFileSync(createRequire(import.meta.url).resolve('comlink/dist/umd/comlink.js'), 'utf8');

declare global {
  /** A session with the site's own worker, in a page that startSession has prepared. */
  var session: ExplorerSession;
}

/** Starts the built site's worker from a page, apart from what the page itself does, and opens it; the backend it took. */
export async function startSession(page: Page, site: string, home: string): Promise<string> {
  const [worker] = globSync('_astro/worker-*.js', { cwd: site });
  if (!worker) throw new Error(`no worker in ${join(site, '_astro')}`);
  await page.evaluate(comlink);
  return page.evaluate(
    async ([url = '', root = '']) => {
      const { wrap, proxy } = Reflect.get(globalThis, 'Comlink');
      globalThis.session = wrap(new Worker(url, { type: 'module' }));
      const { backend } = await globalThis.session.open(
        root,
        proxy(() => {}),
      );
      return backend;
    },
    [home + worker, home],
  );
}
