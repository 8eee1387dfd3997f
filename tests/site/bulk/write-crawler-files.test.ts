import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeCrawlerFiles } from '../../../site/bulk/write-crawler-files.ts';
import { createLinks } from '../../../site/page-kit/links.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'atlas-crawlers-'));
  mkdirSync(join(folder, 'f'));
  for (const page of ['index.html', '404.html', 'f/2.html', 'f/1.html', 'a.js']) writeFileSync(join(folder, page), '');
});
afterEach(() => rmSync(folder, { recursive: true }));
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

test('where the host is known every page but the 404 is in a sitemap that robots.txt names', async () => {
  await writeCrawlerFiles(folder, createLinks('/atlas', { host: 'https://x.org' }));
  expect(read('sitemap-0.txt')).toBe(
    'https://x.org/atlas/f/1.html\nhttps://x.org/atlas/f/2.html\nhttps://x.org/atlas/\n',
  );
  expect(read('robots.txt')).toBe('User-agent: *\nDisallow:\nSitemap: https://x.org/atlas/sitemap-0.txt\n');
});

test('without a host there is no sitemap, whose addresses would be none', async () => {
  await writeCrawlerFiles(folder, createLinks('/atlas'));
  expect(read('robots.txt')).toBe('User-agent: *\nDisallow:\n');
  expect(() => read('sitemap-0.txt')).toThrow('ENOENT');
});
