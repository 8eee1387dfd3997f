import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeFileAtomic, writeJsonAtomic } from '../../pipeline/files/atomic.ts';
import { sha256File } from '../../pipeline/files/hash.ts';
import { temporaryFolder } from './temporary-folder.ts';

test('a file is replaced whole, and nothing else is left', async () => {
  const dir = await temporaryFolder({ 'a.json': 'old' });
  await writeJsonAtomic(join(dir, 'a.json'), { new: [1] });
  expect(JSON.parse(await readFile(join(dir, 'a.json'), 'utf8'))).toEqual({ new: [1] });
  expect(await readdir(dir)).toEqual(['a.json']);
});

test('a write that fails leaves no temporary file', async () => {
  const dir = await temporaryFolder();
  await mkdir(join(dir, 'taken', 'inside'), { recursive: true });
  await expect(writeFileAtomic(join(dir, 'taken'), 'x')).rejects.toThrow();
  expect(await readdir(dir)).toEqual(['taken']);
});

test('a file that many write at once is whole, one of theirs', async () => {
  const dir = await temporaryFolder();
  const texts = Array.from({ length: 20 }, (_, i) => String(i).repeat(100_000));
  await Promise.all(texts.map((text) => writeFileAtomic(join(dir, 'a.txt'), text)));
  expect(texts).toContain(await readFile(join(dir, 'a.txt'), 'utf8'));
  expect(await readdir(dir)).toEqual(['a.txt']);
});

test('sha256 is the one that others compute', async () => {
  const dir = await temporaryFolder({ abc: 'abc' });
  expect(await sha256File(join(dir, 'abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
