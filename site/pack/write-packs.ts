import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { SiteData } from '../build/site-data.ts';
import type { SaeTask } from '../bulk/write-feature-pages.ts';
import { featureBody, featureWords } from '../compose/feature-page.ts';
import { joinColumns } from './join-columns.ts';
import { listedTokens } from './listed-tokens.ts';
import { type PackIndex, packFile, packIndexFile } from './pack-index.ts';
import { tokenQuoter } from './quoted-tokens.ts';
import { GroupWriter, TemplateList } from './write-group.ts';
import { zipPieces } from './zip-pieces.ts';

/** Pages zipped together: few enough to be fetched for one of them, enough that what they share is stored once. */
const PAGES_PER_GROUP = 48;
const LEAST_PAGES_PER_PACK = 11 * PAGES_PER_GROUP;
/** Of all SAEs together, so that a site stays under 2,000 files. */
const MOST_PACKS = 600;
/** Above so many features pages show fewer examples, so that a site fits hosts that take 1 GB. */
const ALL_EXAMPLES_UP_TO = 100_000;
export const fewer = { top: 10, perInterval: 2 };

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
  const templates = new TemplateList();
  const startGroup = await groupsOf(data, templates);
  mkdirSync(join(dir, dirname(packIndexFile(sae))), { recursive: true });
  const groupBytes: number[] = [];
  let pack: Uint8Array[] = [];
  let group = startGroup();
  let written = 0;
  for await (const { page, env } of data.featurePages(sae)) {
    const shown = { ...page, most };
    group.add({ ...featureWords(shown, env), body: featureBody(shown, env) });
    const pages = (page.row.feature % PAGES_PER_GROUP) + 1;
    const isLast = page.row.feature === features - 1;
    written++;
    if (pages < PAGES_PER_GROUP && !isLast) continue;
    const zipped = zipPieces(joinColumns(group.columns));
    groupBytes.push(zipped.length);
    pack.push(zipped);
    report(pages);
    group = startGroup();
    if (pack.length < groupsPerPack && !isLast) continue;
    writeFileSync(join(dir, packFile(sae, Math.ceil(groupBytes.length / groupsPerPack) - 1)), Buffer.concat(pack));
    pack = [];
  }
  if (written !== features) throw new Error(`SAE ${sae} has ${written} features in the table, expected ${features}`);
  const sizes = { features, pagesPerGroup: PAGES_PER_GROUP, groupsPerPack, groupBytes };
  const index: PackIndex = { ...sizes, templates: templates.all };
  writeFileSync(join(dir, packIndexFile(sae)), gzipSync(JSON.stringify(index), { level: 9 }));
}

/** What begins a group of pages that share a list of templates. */
export async function groupsOf({ reader, env }: SiteData, templates: TemplateList): Promise<() => GroupWriter> {
  const listed = await listedTokens(reader);
  const places = new Map(listed.map((tokenId, place) => [tokenId, place]));
  const placeOf = (tokenId: number) => places.get(tokenId);
  const shorten = tokenQuoter(listed.map(env.token));
  return () => new GroupWriter({ templates, placeOf, tokensListed: listed.length, token: env.token, shorten });
}

function pagesPerPack(features: number): number {
  let pages = LEAST_PAGES_PER_PACK;
  while (features / pages > MOST_PACKS) pages *= 2;
  return pages;
}
