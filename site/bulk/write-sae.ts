import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSiteData } from '../build/site-data.ts';
import { featurePage } from '../compose/feature-page.ts';
import { createLinks } from '../page-kit/links.ts';
import { bulkSample } from './sample.ts';
import { cutShell, fillShell } from './shell.ts';
import type { SaeTask } from './write-feature-pages.ts';

const PAGES_A_REPORT = 128;
/** Half a row group: the examples of more are hundreds of megabytes. */
const oneAfterAnother = { blocksKept: 1, featuresPerBlock: 1024 };

/** Writes an SAE's feature pages; throws Error when one of the sample is not what Astro made of it. */
export async function writeSae(task: SaeTask, report: (pages: number) => void): Promise<void> {
  const data = await openSiteData(task.run, createLinks(task.base), oneAfterAnother);
  const dSae = data.env.dSae.get(task.sae) ?? 0;
  const cut = cutShell(task.shellHtml);
  const sample = new Set(bulkSample(dSae));
  const folder = join(task.dir, 'f', task.sae);
  mkdirSync(folder, { recursive: true });
  for (let feature = 0; feature < dSae; feature++) {
    const { page, env } = await data.featurePage(task.sae, feature);
    const html = fillShell(cut, featurePage(page, env));
    const file = join(folder, `${feature}.html`);
    if (sample.has(feature)) compare(file, html);
    else writeFileSync(file, html);
    if (feature % PAGES_A_REPORT === PAGES_A_REPORT - 1 || feature === dSae - 1) report((feature % PAGES_A_REPORT) + 1);
  }
  data.reader.close();
}

function compare(file: string, html: string): void {
  if (!existsSync(file)) throw new Error(`bulk sample is missing: ${file}`);
  if (readFileSync(file, 'utf8') !== html) throw new Error(`bulk page differs from Astro's: ${file}`);
}
