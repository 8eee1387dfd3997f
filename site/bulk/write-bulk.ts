import { mkdirSync, readdirSync, renameSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { startChild } from '../../pipeline/effects/process/start-child.ts';
import { hasJson } from '../build/offers.ts';
import { siteLinks } from '../build/site-links.ts';
import { writeCrawlerFiles } from './write-crawler-files.ts';
import { type BulkTask, writeFeaturePages } from './write-feature-pages.ts';
import { writeJson } from './write-json.ts';

/**
 * Writes a site of many pages: what Astro makes, the shell of the feature pages among it, then these. What is made of the
 * tables alone is made meanwhile, in a folder beside the site, since Astro empties its own. What `report` throws ends it all.
 */
export async function writeBulk(
  task: BulkTask,
  buildByAstro: () => Promise<void>,
  report: (pages: number) => void,
): Promise<void> {
  process.env.ATLAS_BASE = task.base;
  const folder = `${task.dir}-beside`;
  const beside = startChild(new URL('./beside-worker.ts', import.meta.url), { run: task.run, folder });
  beside.ended.catch(() => undefined); // it is waited for below
  try {
    await buildByAstro();
    const pages = writeFeaturePages(task, report);
    await Promise.allSettled([pages, beside.ended]); // the folder may go once this fails: none may write any more
    await Promise.all([pages, beside.ended]);
  } finally {
    await beside.stop();
  }
  moveInto(folder, task.dir);
  if (hasJson()) await writeJson(task);
  await writeCrawlerFiles(task.dir, siteLinks());
}

/** Moves all files of a folder to their places in another, which keeps what it has. */
function moveInto(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) moveInto(source, target);
    else renameSync(source, target);
  }
  rmdirSync(from);
}
