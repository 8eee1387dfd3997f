import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import { openRun, type RunReader } from '../../pipeline/tables/reader.ts';
import { hasExplorer } from '../build/has-explorer.ts';
import { hasJson, hasTables } from '../build/offers.ts';
import { siteLinks } from '../build/site-links.ts';
import { isPacked } from '../pack/is-packed.ts';
import { writeBeside } from './write-beside.ts';
import { writeCrawlerFiles } from './write-crawler-files.ts';
import { writeJson } from './write-json.ts';

/**
 * Adds what a site has beside its pages, and JSON where it is asked for; in bulk mode who started Astro does so, and fills
 * the shell that it renders with every feature page.
 */
export function atlas(): AstroIntegration {
  let base = '/';
  return {
    name: 'attention-atlas',
    hooks: {
      'astro:config:setup': async ({ injectRoute }) => {
        // No file of site/pages: a site without the explorer must not carry its scripts.
        if (hasExplorer()) injectRoute({ pattern: '/explorer', entrypoint: './site/explorer/explorer.astro' });
        if (hasJson() || hasTables()) injectRoute({ pattern: '/data', entrypoint: './site/data/data.astro' });
        if (await isCompared()) {
          injectRoute({ pattern: '/runs', entrypoint: './site/runs/runs.astro' });
          const entrypoint = new URL('../runs/matches.csv.ts', import.meta.url); // a name that the package's build compiles
          injectRoute({ pattern: '/runs/[sae].csv', entrypoint });
        }
        if (await hasMap()) injectRoute({ pattern: '/map', entrypoint: './site/map/map.astro' });
        if (isPacked()) injectRoute({ pattern: '/f/[sae]', entrypoint: './site/pack/packed.astro' });
      },
      'astro:config:done': ({ config }) => {
        base = config.base;
        process.env.ATLAS_BASE = base;
      },
      'astro:build:done': async ({ dir }) => {
        if (process.env.ATLAS_BULK === 'always') return;
        const run = process.env.ATLAS_RUN ?? '';
        const folder = fileURLToPath(dir);
        await writeBeside(run, folder);
        if (hasJson()) await writeJson({ run, base, dir: folder });
        await writeCrawlerFiles(folder, siteLinks());
      },
    },
  };
}

/** Whether the run drew maps; there is no run where Astro only checks types. */
const hasMap = (): Promise<boolean> => ofRun(async (reader) => (await reader.maps()).length > 0);

/** Whether the run was compared with another. */
const isCompared = (): Promise<boolean> => ofRun(async (reader) => (await reader.comparedRun()) !== undefined);

async function ofRun(holds: (reader: RunReader) => Promise<boolean>): Promise<boolean> {
  const run = process.env.ATLAS_RUN;
  if (run === undefined) return false;
  const reader = await openRun(run);
  const result = await holds(reader);
  reader.close();
  return result;
}
