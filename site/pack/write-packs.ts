import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { SiteData } from '../build/site-data.ts';
import type { SaeTask } from '../bulk/write-feature-pages.ts';
import { featurePage } from '../compose/feature-page.ts';
import { createLinks, type Links } from '../page-kit/links.ts';
import type { RenderedPage } from '../page-kit/rendered-page.ts';
import { packFile, packIndexFile } from './pack-index.ts';
import { joinPages } from './page-text.ts';

/** Pages zipped together: few enough to be fetched for one of them, enough that what they share is stored once. */
const PAGES_PER_GROUP = 16;
const LEAST_PAGES_PER_PACK = 512;
/** Of all SAEs together, so that a site stays under 2,000 files. */
const MOST_PACKS = 600;
/** Above so many features pages show fewer examples: some 4.8 kB a page in a pack in place of 8.8. */
const ALL_EXAMPLES_UP_TO = 100_000;
const fewer = { top: 10, perInterval: 2 };

export const packLinks = (base: string): Links => createLinks(base, { isPacked: true });

/** Writes an SAE's feature pages as packs, and their index. */
export async function writePacks(
  { sae, dir }: SaeTask,
  data: SiteData,
  report: (pages: number) => void,
): Promise<void> {
  const features = data.env.dSae.get(sae) ?? 0;
  const all = [...data.env.dSae.values()].reduce((sum, own) => sum + own, 0);
  const most = all > ALL_EXAMPLES_UP_TO ? fewer : undefined;
  const groupsPerPack = pagesPerPack(all) / PAGES_PER_GROUP;
  mkdirSync(join(dir, dirname(packIndexFile(sae))), { recursive: true });
  const groupBytes: number[] = [];
  let pack: Uint8Array[] = [];
  let pages: RenderedPage[] = [];
  for await (const { page, env } of data.featurePages(sae)) {
    pages.push(featurePage({ ...page, most }, env));
    const isLast = page.row.feature === features - 1;
    if (pages.length < PAGES_PER_GROUP && !isLast) continue;
    const group = gzipSync(joinPages(pages), { level: 9 });
    groupBytes.push(group.length);
    pack.push(group);
    report(pages.length);
    pages = [];
    if (pack.length < groupsPerPack && !isLast) continue;
    writeFileSync(join(dir, packFile(sae, Math.ceil(groupBytes.length / groupsPerPack) - 1)), Buffer.concat(pack));
    pack = [];
  }
  const index = { features, pagesPerGroup: PAGES_PER_GROUP, groupsPerPack, groupBytes };
  writeFileSync(join(dir, packIndexFile(sae)), JSON.stringify(index));
}

function pagesPerPack(features: number): number {
  let pages = LEAST_PAGES_PER_PACK;
  while (features / pages > MOST_PACKS) pages *= 2;
  return pages;
}
