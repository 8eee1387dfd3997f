import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Links } from '../page-kit/links.ts';

/** Addresses of one sitemap, at most. Source: https://www.sitemaps.org/protocol.html. */
const MOST = 50_000;

/** Writes robots.txt, and where the site's host is known sitemaps as text, an address a line. */
export async function writeCrawlerFiles(folder: string, links: Links): Promise<void> {
  const isHosted = links.shared('').startsWith('http');
  const sitemaps = isHosted ? await writeSitemaps(folder, links) : [];
  const lines = ['User-agent: *', 'Disallow:', ...sitemaps.map((name) => `Sitemap: ${links.shared(name)}`)];
  await writeFile(join(folder, 'robots.txt'), `${lines.join('\n')}\n`);
}

async function writeSitemaps(folder: string, links: Links): Promise<string[]> {
  const files = await readdir(folder, { recursive: true });
  const pages = files.filter((name) => name.endsWith('.html') && name !== '404.html').toSorted();
  const addresses = pages.map((page) => links.shared(page === 'index.html' ? '' : page));
  const names: string[] = [];
  for (let from = 0; from < addresses.length; from += MOST) {
    const name = `sitemap-${names.length}.txt`;
    await writeFile(join(folder, name), `${addresses.slice(from, from + MOST).join('\n')}\n`);
    names.push(name);
  }
  return names;
}
