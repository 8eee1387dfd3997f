import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { basename, dirname, join, resolve } from 'node:path';
import type { SiteConfig } from '../commands/site.ts';
import { ownFiles } from '../disk/own-file.ts';
import { ownFolder } from '../disk/own-folder.ts';
import type { Effects } from '../effects.ts';
import { UserError } from '../errors/user-error.ts';
import { pathKind } from '../files/files.ts';
import { givingBackFreed } from '../store/freed-memory.ts';
import { readRunRecord } from '../tables/read-run-record.ts';
import { openRun } from '../tables/reader.ts';
import { buildApart, buildByAstro } from './build-by-astro.ts';
import { withBuildingFolder } from './building-folder.ts';
import { type ExplorerInputs, findExplorerInputs } from './explorer/find-inputs.ts';
import { writeExplorerFiles } from './explorer/write-files.ts';
import { measureSite, refusingHosts } from './host-limits.ts';
import { PAGES_CHANNEL } from './pages-channel.ts';
import { type Encoding, precompress } from './precompress.ts';
import { publishTables } from './publish-tables.ts';
import { checkSiteFolder, replaceSite } from './replace-site.ts';
import { makeSiteProject } from './site-project.ts';

/** Feature pages above which writing them in bulk takes less of time and memory than Astro does, for all that starts beside it. */
const BULK_ABOVE = 4000;

/**
 * Parquet → static site. The site appears at `out` only when it is whole; an earlier one there is replaced.
 * Throws UserError where another command is publishing to the same place.
 */
export async function publish(config: SiteConfig, effects: Effects, build = buildSite): Promise<void> {
  const out = resolve(config.out);
  const act = () => givingBackFreed(() => publishOwned({ ...config, out }, effects, build));
  if ((await pathKind(out)) === 'folder') return ownFolder(out, 'site', act);
  return ownFiles([join(dirname(out), `.${basename(out)}`)], 'site', act); // the folder is to appear at once
}

async function publishOwned(config: SiteConfig, effects: Effects, build: typeof buildSite): Promise<void> {
  const { out } = config;
  if (config.pack && config.json)
    throw new UserError('json with pack: packed pages have no files beside them, expected one of the two');
  await checkSiteFolder(out);
  const { features, heads } = await countPages(config.run);
  const explorer = await explorerInputs(config, effects);
  if (!config.url) effects.log('publish: without --url: no sitemap, and previews of links without a picture');
  const bulk = config.bulk ?? 'auto';
  const isBulk = config.pack || bulk === 'always' || (bulk === 'auto' && features > BULK_ABOVE);
  await withBuildingFolder(out, async (building) => {
    const built = join(building, 'built');
    await withProgress(effects, features + heads, (report) =>
      build({ ...config, out: built }, { isBulk, hasExplorer: explorer !== undefined }, report),
    );
    if (explorer) await publishExplorer(config, explorer, built, effects);
    if (config.data) {
      const bytes = await publishTables(config.run, built);
      effects.log(`publish: the tables in data/, ${(bytes / 1e6).toFixed(1)} MB`);
    }
    await compressTexts(config, built, effects);
    await sayLimits(built, effects);
    await replaceSite(built, out);
  });
  effects.log(`publish: ${features} feature pages and ${heads} head pages in ${config.out}`);
}

async function compressTexts({ gzip, brotli }: SiteConfig, built: string, effects: Effects): Promise<void> {
  const wanted: Encoding[] = [...(gzip ? ['gzip' as const] : []), ...(brotli ? ['brotli' as const] : [])];
  if (wanted.length === 0) return;
  const { files, bytes } = await precompress(built, wanted);
  effects.log(`publish: ${files} compressed files beside the plain ones, ${(bytes / 1e6).toFixed(1)} MB`);
}

/** Says how large the site is where a well-known host would not take it. */
async function sayLimits(built: string, effects: Effects): Promise<void> {
  const size = await measureSite(built);
  const hosts = refusingHosts(size);
  if (hosts.length === 0) return;
  const { files, bytes, largest } = size;
  effects.log(
    `publish: more than ${hosts.join(' and ')} take: ${files} files, ${(bytes / 1e6).toFixed(0)} MB, ` +
      `the largest ${largest.name} of ${(largest.bytes / 1e6).toFixed(1)} MB; --pack makes it smaller`,
  );
}

async function countPages(run: string): Promise<{ features: number; heads: number }> {
  const reader = await openRun(run);
  const features = (await reader.saes()).reduce((sum, { d_sae }) => sum + d_sae, 0);
  const heads = (await reader.heads()).length;
  reader.close();
  return { features, heads };
}

/** What the explorer needs, or a line that says why the site will be without it. */
async function explorerInputs(config: SiteConfig, effects: Effects): Promise<ExplorerInputs | undefined> {
  const found = await findExplorerInputs(config, await readRunRecord(config.run));
  if (typeof found !== 'string') return found;
  effects.log(`publish: without the explorer: ${found}`);
  return undefined;
}

async function publishExplorer(
  { run, explorerWeights }: Pick<SiteConfig, 'run' | 'explorerWeights'>,
  inputs: ExplorerInputs,
  out: string,
  effects: Effects,
): Promise<void> {
  const reader = await openRun(run);
  try {
    const target = { folder: join(out, 'explorer'), isLossless: explorerWeights === 'exact' };
    const bytes = await writeExplorerFiles(inputs, reader, target);
    effects.log(`publish: the explorer's model and SAEs, ${(bytes / 1e6).toFixed(1)} MB`);
  } finally {
    reader.close();
  }
}

/** Tells that so many more pages are made; throws where the command is to stop. */
type ReportPages = (made: number) => void;

async function withProgress(effects: Effects, total: number, effect: (report: ReportPages) => Promise<void>) {
  const progress = effects.progress('publish', total, 'pages', 'first');
  let done = 0;
  try {
    await effect((made) => {
      done += made;
      progress.update(Math.min(done, total));
    });
  } finally {
    progress.end();
  }
}

/** Counts the pages that are made in this process. What is thrown by the count is thrown at the end: a channel lets none through. */
async function countingPages(report: ReportPages, act: () => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  const count = (made: unknown): void => {
    try {
      report(Number(made));
    } catch (error) {
      failures.push(error);
    }
  };
  subscribe(PAGES_CHANNEL, count);
  try {
    await act();
  } finally {
    unsubscribe(PAGES_CHANNEL, count);
  }
  if (failures.length > 0) throw failures[0];
}

interface Contents {
  readonly isBulk: boolean;
  readonly hasExplorer: boolean;
}

async function buildSite(
  { run, out, base, url, pack, data, json }: SiteConfig,
  { isBulk, hasExplorer }: Contents,
  report: ReportPages,
): Promise<void> {
  Object.assign(process.env, {
    ASTRO_TELEMETRY_DISABLED: '1',
    ATLAS_RUN: resolve(run),
    ATLAS_URL: url ?? '',
    ATLAS_PACK: pack ? 'yes' : 'no',
    ATLAS_BULK: isBulk ? 'always' : 'never',
    ATLAS_DATA: data ? 'yes' : 'no',
    ATLAS_JSON: json ? 'yes' : 'no',
    ATLAS_EXPLORER: hasExplorer ? 'yes' : 'no',
  });
  const root = dirname(out);
  await makeSiteProject(root);
  const project = { root, outDir: out, base };
  if (!isBulk) return countingPages(report, () => buildByAstro(project));
  const { writeBulk } = await import('../../site/bulk/write-bulk.ts');
  const task = { run: resolve(run), base, host: url ?? '', dir: out, isPacked: pack };
  await writeBulk(task, () => buildApart(project, report), report);
}
