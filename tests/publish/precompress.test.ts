import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { measureSite, refusingHosts } from '../../pipeline/publish/host-limits.ts';
import { precompress } from '../../pipeline/publish/precompress.ts';

let folder: string;
const page = '<p>text '.repeat(500);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atlas-'));
  await mkdir(join(folder, 'f'));
  for (const name of ['index.html', 'f/0.html', 'f/0.pack', 'style.css']) await writeFile(join(folder, name), page);
  await writeFile(join(folder, 'small.html'), '<p>');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test('texts get a compressed file of each kind beside them, small ones and packs none', async () => {
  const { files } = await precompress(folder, ['gzip', 'brotli']);
  expect(files).toBe(6);
  const names = await readdir(folder, { recursive: true });
  expect(names.filter((name) => /\.(gz|br)$/.test(name)).toSorted()).toEqual(
    ['f/0.html', 'index.html', 'style.css'].flatMap((name) => [`${name}.br`, `${name}.gz`]),
  );
  expect(gunzipSync(await readFile(join(folder, 'f/0.html.gz'))).toString()).toBe(page);
  expect(brotliDecompressSync(await readFile(join(folder, 'f/0.html.br'))).toString()).toBe(page);
});

test('a site’s size is that of its files, and names the largest', async () => {
  await writeFile(join(folder, 'f/0.pack'), page + page);
  const { files, bytes, largest } = await measureSite(folder);
  expect({ files, bytes, largest }).toEqual({
    files: 5,
    bytes: 5 * page.length + 3,
    largest: { name: '0.pack', bytes: 2 * page.length },
  });
});

test('a site is too large for a host by bytes, files, or one file', () => {
  const size = { files: 1800, bytes: 9e8, largest: { name: '3.pack', bytes: 4e6 } };
  expect(refusingHosts(size)).toEqual([]);
  expect(refusingHosts({ ...size, bytes: 2e9 })).toEqual(['GitHub Pages']);
  expect(refusingHosts({ ...size, files: 20_001 })).toEqual(['Cloudflare Pages']);
  expect(refusingHosts({ ...size, largest: { name: 'a', bytes: 30e6 } })).toEqual(['Cloudflare Pages']);
  expect(refusingHosts({ ...size, largest: { name: 'a', bytes: 120e6 } })).toEqual([
    'GitHub Pages',
    'Cloudflare Pages',
  ]);
});
