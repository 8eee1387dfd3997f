import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import { openRun, type RunReader } from '../../pipeline/tables/reader.ts';
import { hasExplorer } from '../build/has-explorer.ts';
import { hasJson, hasTables } from '../build/offers.ts';
import { siteLinks } from '../build/site-links.ts';
import { writeMap } from '../map/write-map.ts';
import { isPacked } from '../pack/is-packed.ts';
import { writePreviewImages } from '../preview-image/write-images.ts';
import { writeSearchIndex } from '../search/index.ts';
import { writeContextPieces } from './write-context-pieces.ts';
import { writeCrawlerFiles } from './write-crawler-files.ts';
import { writeFeaturePages } from './write-feature-pages.ts';
import { writeJson } from './write-json.ts';

/**
 * Adds the search index, the maps, the pictures of previews and, with the explorer, the contexts it opens examples from; in bulk mode, fills the shell that
 * Astro rendered with every feature page once Astro is done; JSON beside the pages, where it is asked for.
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
          injectRoute({ pattern: '/runs/[sae].csv', entrypoint: './site/runs/matches.csv.ts' });
        }
        if (await hasMap()) injectRoute({ pattern: '/map', entrypoint: './site/map/map.astro' });
        if (isPacked()) injectRoute({ pattern: '/f/[sae]', entrypoint: './site/pack/packed.astro' });
      },
      'astro:config:done': ({ config }) => {
        base = config.base;
        process.env.ATLAS_BASE = base;
      },
      'astro:build:done': async ({ dir }) => {
        const run = process.env.ATLAS_RUN ?? '';
        const folder = fileURLToPath(dir);
        await withRun(run, (reader) => writeSearchIndex(reader, join(folder, 'search')));
        await withRun(run, (reader) => writeMap(reader, join(folder, 'map')));
        await withRun(run, (reader) => writePreviewImages(reader, folder));
        if (hasExplorer()) await writeContextPieces(run, folder);
        if (process.env.ATLAS_BULK === 'always') {
          await writeFeaturePages({ run, base, dir: folder, isPacked: isPacked() });
        }
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
  return run !== undefined && withRun(run, holds);
}

async function withRun<T>(run: string, effect: (reader: RunReader) => Promise<T>): Promise<T> {
  const reader = await openRun(run);
  const result = await effect(reader);
  reader.close();
  return result;
}
