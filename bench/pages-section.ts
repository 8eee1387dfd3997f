import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSiteData } from '../site/build/site-data.ts';
import { bulkSample } from '../site/bulk/sample.ts';
import { cutShell, fillShell, SHELL_FEATURE, shell } from '../site/bulk/shell.ts';
import { writeFeaturePages } from '../site/bulk/write-feature-pages.ts';
import { featurePage } from '../site/compose/feature-page.ts';
import { ByteSink } from '../site/page-kit/byte-sink.ts';
import { createLinks } from '../site/page-kit/links.ts';
import { formatMegabytes, formatNumber, formatPercent, reportLine } from './format.ts';
import { medianOf, takeTurns } from './median.ts';
import type { SectionOptions } from './section.ts';
import { writeSyntheticRun } from './synthetic/synthetic-run.ts';

const base = '/';
const shellHtml = `<!doctype html><html lang="en"><head>${shell.head.text}</head><body>${shell.body.text}</body></html>`;

export interface SiteSize {
  readonly layers: number;
  /** Features of each layer. */
  readonly features: number;
}

/** Pages a second of the site's bulk writer, against a bare loop that writes as many files of the same sizes. */
export async function pagesSection(
  { layers, features }: SiteSize,
  { rounds, folder, print }: SectionOptions,
): Promise<void> {
  const pages = layers * features;
  print(`\nFeature pages of a site: ${formatNumber(pages)} in ${layers} layers`);
  const [run, site, loop] = ['run', 'site', 'loop'].map((name) => join(folder, name));
  if (run === undefined || site === undefined || loop === undefined) throw new Error('unreachable: three folders');
  await writeSyntheticRun(run, { layers, features, heads: 12, vocabulary: 4096, seed: 0 });
  let sizes: number[] = [];
  const taken = await takeTurns(rounds, async () => {
    await writeSample(run, site);
    const bulk = await secondsOf(() =>
      writeFeaturePages({ run, base, host: '', dir: site, isPacked: false }, () => {}),
    );
    sizes = sizesOf(site);
    rmSync(site, { recursive: true });
    const bare = await secondsOf(async () => writeFiles(loop, sizes));
    rmSync(loop, { recursive: true });
    return { bulk, bare };
  });
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  const size = `${formatMegabytes(bytes / pages)} a page`;
  print(reportLine('bulk writer', `${formatNumber(pages / medianOf(taken, (round) => round.bulk))} pages/s`, size));
  print(reportLine('bare loop', `${formatNumber(pages / medianOf(taken, (round) => round.bare))} files/s`));
  print(reportLine('bulk writer against bare loop', formatPercent(medianOf(taken, ({ bulk, bare }) => bare / bulk))));
}

/** What Astro leaves for the bulk writer: a shell, and a sample of pages made the other way. */
async function writeSample(run: string, site: string): Promise<void> {
  const data = await openSiteData(run, createLinks(base));
  const cut = cutShell(shellHtml);
  const sink = new ByteSink();
  for (const [layer, dSae] of data.env.dSae) {
    const folder = join(site, 'f', String(layer));
    mkdirSync(folder, { recursive: true });
    for (const feature of bulkSample(dSae)) {
      const { page, env } = await data.featurePage(layer, feature);
      writeFileSync(join(folder, `${feature}.html`), fillShell(cut, featurePage(page, env), sink));
    }
    writeFileSync(join(folder, `${SHELL_FEATURE}.html`), shellHtml);
  }
  data.reader.close();
}

function sizesOf(folder: string): number[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name)).size);
}

function writeFiles(folder: string, sizes: readonly number[]): void {
  mkdirSync(folder, { recursive: true });
  for (const [i, size] of sizes.entries()) writeFileSync(join(folder, `${i}.html`), 'x'.repeat(size));
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await work();
  return (performance.now() - startMs) / 1000;
}
