import { mkdir, readdir, readFile, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { checkSiteFolder, replaceSite } from '../../pipeline/publish/replace-site.ts';
import { siteManifestName } from '../../pipeline/publish/site-manifest.ts';
import { temporaryFolder } from '../files/temporary-folder.ts';

type Files = Readonly<Record<string, string>>;

const first = { 'index.html': 'one', 'f/0/1.html': 'old page', 'f/0/2.html': 'gone', '_astro/a.js': 'code' };
const second = { 'index.html': 'two', 'f/0/1.html': 'new page', 'h/0/0.html': 'head' };

/** Puts a site of these files at `out`, as a build does. */
async function put(files: Files, out: string): Promise<void> {
  await replaceSite(await temporaryFolder(files), out);
}

/** All files below a folder with their content, links not followed, the list of files left out. */
async function contentOf(folder: string): Promise<Files> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name !== siteManifestName);
  const named = files.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name);
    return [relative(folder, path), await readFile(path, 'utf8')] as const;
  });
  return Object.fromEntries(await Promise.all(named));
}

test('a site takes the place of an earlier one: what this listed and the new one lacks goes, folders too', async () => {
  const out = join(await temporaryFolder(), 'site');
  await put(first, out);
  expect(await contentOf(out)).toEqual(first);
  await put(second, out);
  expect(await contentOf(out)).toEqual(second);
  expect((await readdir(out)).sort()).toEqual([siteManifestName, 'f', 'h', 'index.html']);
});

test('what is not the earlier site’s stays', async () => {
  const out = join(await temporaryFolder(), 'site');
  await put(first, out);
  await mkdir(join(out, 'search'));
  const own = { 'notes.txt': 'mine', 'f/0/mine.html': 'mine too', 'search/index.json': '{}' };
  for (const [name, text] of Object.entries(own)) await writeFile(join(out, name), text);
  await put(second, out);
  expect(await contentOf(out)).toEqual({ ...second, ...own });
});

test('a folder that only looks like a site is refused and left as it is', async () => {
  const files = { 'search/index.json': '{}', 'thesis.tex': 'mine' };
  const out = await temporaryFolder(files);
  await expect(checkSiteFolder(out)).rejects.toThrow(/^--out holds something else: .*expected a new or empty folder/);
  expect(await contentOf(out)).toEqual(files);
});

test('a new folder, an empty one, a new disk and a repository are no mistakes', async () => {
  const empty = await temporaryFolder();
  await checkSiteFolder(empty);
  await checkSiteFolder(join(empty, 'new'));
  await mkdir(join(empty, 'lost+found'));
  await mkdir(join(empty, '.git'));
  await checkSiteFolder(empty);
  await put(first, empty);
  expect(await contentOf(empty)).toEqual(first);
  await expect(checkSiteFolder(join(empty, 'index.html'))).rejects.toThrow(/^--out is a file, expected a folder/);
});

test('a file in the way of a new one is an error before anything changes', async () => {
  const out = join(await temporaryFolder(), 'site');
  await put(first, out);
  await mkdir(join(out, 'h'));
  await writeFile(join(out, 'h', '0'), 'mine');
  await expect(put(second, out)).rejects.toThrow(/^--out holds what no earlier site put there: h\/0, /);
  expect(await contentOf(out)).toEqual({ ...first, 'h/0': 'mine' });
});

test('the folder itself stays, as one where a disk is mounted has to', async () => {
  const out = join(await temporaryFolder(), 'site');
  await put(first, out);
  const before = await stat(out);
  await put(second, out);
  expect((await stat(out)).ino).toBe(before.ino);
});

test('a link in the site leads to no file outside of it, neither to remove nor to replace', async () => {
  const elsewhere = await temporaryFolder({ '1.html': 'theirs', '2.html': 'theirs' });
  const out = await temporaryFolder();
  await put({ 'index.html': 'one', 'g/2.html': 'gone' }, out);
  const list = JSON.parse(await readFile(join(out, siteManifestName), 'utf8'));
  await symlink(elsewhere, join(out, 'f'));
  await writeFile(join(out, siteManifestName), JSON.stringify({ files: [...list.files, 'f/2.html'] }));
  await put({ 'index.html': 'two' }, out);
  expect(await contentOf(elsewhere)).toEqual({ '1.html': 'theirs', '2.html': 'theirs' });
  await expect(put({ 'f/1.html': 'mine' }, out)).rejects.toThrow(/^--out holds what no earlier site put there: f, /);
  expect(await contentOf(elsewhere)).toEqual({ '1.html': 'theirs', '2.html': 'theirs' });
});

test('a link in the place of a listed file is replaced, and what it leads to stays', async () => {
  const elsewhere = await temporaryFolder({ secret: 'theirs' });
  const out = join(await temporaryFolder(), 'site');
  await put({ 'index.html': 'one' }, out);
  await unlink(join(out, 'index.html'));
  await symlink(join(elsewhere, 'secret'), join(out, 'index.html'));
  await put({ 'index.html': 'two' }, out);
  expect(await contentOf(out)).toEqual({ 'index.html': 'two' });
  expect(await contentOf(elsewhere)).toEqual({ secret: 'theirs' });
});

test('--out may be a link to a folder: the site goes there', async () => {
  const real = join(await temporaryFolder(), 'real');
  await put(first, real);
  const link = join(dirname(real), 'link');
  await symlink(real, link);
  await put(second, link);
  expect(await contentOf(real)).toEqual(second);
});

test.each(['../secret', '/etc/passwd', 'f/../../secret', '', 'f//x', 'a\\..\\b'])(
  'a list that names %j is refused',
  async (path) => {
    const out = await temporaryFolder({ [siteManifestName]: { files: ['index.html', path] }, 'index.html': 'one' });
    await expect(checkSiteFolder(out)).rejects.toThrow(/^malformed list of a site's files/);
  },
);

test('a file takes the place of a folder, and a folder that of a file', async () => {
  const out = join(await temporaryFolder(), 'site');
  await put({ 'a/b/c.html': 'deep', d: 'flat' }, out);
  await put({ 'a/b': 'flat', 'd/e.html': 'deep' }, out);
  expect(await contentOf(out)).toEqual({ 'a/b': 'flat', 'd/e.html': 'deep' });
});

test('what was stopped half-way belongs to the next build, which clears it', async () => {
  const out = join(await temporaryFolder(), 'site');
  await put(first, out);
  // As a kill leaves it: the list of both sites, some files moved, others waiting.
  await writeFile(join(out, siteManifestName), JSON.stringify({ files: Object.keys({ ...first, ...second }) }));
  await mkdir(join(out, 'h/0'), { recursive: true });
  await writeFile(join(out, 'h/0/0.html'), 'head');
  await mkdir(join(out, '.attention-atlas-incoming'));
  await writeFile(join(out, '.attention-atlas-incoming', 'index.html'), 'two');
  await put(first, out);
  expect(await contentOf(out)).toEqual(first);
});
