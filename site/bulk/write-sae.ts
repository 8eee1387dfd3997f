import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SiteData } from '../build/site-data.ts';
import { featurePage } from '../compose/feature-page.ts';
import { ByteSink } from '../page-kit/byte-sink.ts';
import { bulkSample } from './sample.ts';
import { cutShell, fillShell } from './shell.ts';
import type { SaeTask } from './write-feature-pages.ts';

const PAGES_A_REPORT = 128;

/** Writes an SAE's feature pages; throws Error when one of the sample is not what Astro made of it. */
export async function writeSae(task: SaeTask, data: SiteData, report: (pages: number) => void): Promise<void> {
  const dSae = data.env.dSae.get(task.sae) ?? 0;
  const cut = cutShell(task.shellHtml);
  const sample = new Set(bulkSample(dSae));
  const folder = join(task.dir, 'f', task.sae);
  mkdirSync(folder, { recursive: true });
  const sink = new ByteSink();
  let written = 0;
  for await (const { page, env } of data.featurePages(task.sae)) {
    const { feature } = page.row;
    const html = fillShell(cut, featurePage(page, env), sink);
    const file = `${folder}/${feature}.html`;
    if (sample.has(feature)) compare(file, html);
    else writeFileSync(file, html);
    written += 1;
    if (written % PAGES_A_REPORT === 0) report(PAGES_A_REPORT);
  }
  report(written % PAGES_A_REPORT);
  if (written !== dSae) throw new Error(`SAE ${task.sae} has ${written} features in the table, expected ${dSae}`);
}

function compare(file: string, html: Uint8Array): void {
  if (!existsSync(file)) throw new Error(`bulk sample is missing: ${file}`);
  if (!readFileSync(file).equals(html)) throw new Error(`bulk page differs from Astro's: ${file}`);
}
