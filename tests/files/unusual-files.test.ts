import { spawnSync } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from '../../pipeline/disk/disk.ts';
import { asUserError } from '../../pipeline/errors/system-error.ts';
import { replaceFile, writeJsonAtomic } from '../../pipeline/files/atomic.ts';
import { mapBounded } from '../../pipeline/files/bounded.ts';
import { pathKind, readJsonFile, readTextFile } from '../../pipeline/files/files.ts';
import { sha256File } from '../../pipeline/files/hash.ts';
import { openNpz } from '../../pipeline/files/npz/npz-file.ts';
import { openSafetensors } from '../../pipeline/files/safetensors/safetensors.ts';
import { documents } from '../../pipeline/files/text/corpora.ts';
import { corpusFiles } from '../../pipeline/files/text/corpus-files.ts';
import { openTorchFile } from '../../pipeline/files/torch/torch-file.ts';
import { temporaryFolder } from './temporary-folder.ts';

async function textsOf(path: string): Promise<string[]> {
  const texts: string[] = [];
  for await (const { text } of documents([path])) texts.push(text);
  return texts;
}

/** A pipe that nobody writes to. */
async function pipeIn(dir: string, name: string): Promise<string> {
  const path = join(dir, name);
  spawnSync('mkfifo', [path]);
  return path;
}

test('a pipe or a device is refused at once, wherever a file is expected', async () => {
  const dir = await temporaryFolder({ 'a.txt': 'text' });
  const pipe = await pipeIn(dir, 'b.txt');
  const refusal = (path: string) => `a pipe, a socket or a device, expected a file: ${path}`;
  await expect(readTextFile(pipe)).rejects.toThrow(refusal(pipe));
  await expect(openSafetensors(pipe)).rejects.toThrow(refusal(pipe));
  await expect(sha256File(pipe)).rejects.toThrow(refusal(pipe));
  await expect(textsOf(pipe)).rejects.toThrow(refusal(pipe));
  await expect(textsOf(dir)).rejects.toThrow(refusal(pipe));
  await expect(textsOf('/dev/zero')).rejects.toThrow(refusal('/dev/zero'));
  await expect(readJsonFile('/dev/zero')).rejects.toThrow(refusal('/dev/zero'));
});

test('a file that Git LFS has not downloaded is called so, whatever it should be', async () => {
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'4d'.repeat(32)}\nsize 548105171\n`;
  const dir = await temporaryFolder({ pointer });
  const path = join(dir, 'pointer');
  for (const open of [openSafetensors, openTorchFile, openNpz, readJsonFile]) {
    await expect(open(path)).rejects.toThrow(
      `a Git LFS pointer, expected the file that it stands for: \`git lfs pull\` fetches it (${path})`,
    );
  }
});

test('a circle of links and a name too long are one line', async () => {
  const dir = await temporaryFolder();
  await symlink('circle', join(dir, 'circle'));
  const long = join(dir, 'x'.repeat(300));
  await expect(readTextFile(join(dir, 'circle'))).rejects.toThrow(/^cannot open .*: too many symbolic links/);
  await expect(readTextFile(long)).rejects.toThrow(/^cannot open .*: the name is too long \(ENAMETOOLONG\)$/);
  const failure = await textsOf(long).catch(asUserError);
  expect(failure).toMatchObject({ message: expect.stringMatching(/^cannot read .*: the name is too long/) });
});

test('a disk that fills up is one line with the file, and leaves the old file and no other', async () => {
  const dir = await temporaryFolder({ 'a.json': { old: true } });
  const path = join(dir, 'a.json');
  const full = () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC', syscall: 'write', path }));
  const failure = await replaceFile(path, full).catch(asUserError);
  expect(failure).toMatchObject({ message: `cannot write ${path}: no space left on the disk (ENOSPC)` });
  expect((await corpusFiles([dir])).map((file) => file.path)).toEqual([path]);
  expect(await readJsonFile(path)).toEqual({ old: true });
  const below = await writeJsonAtomic(join(path, 'b.json'), 1).catch(asUserError);
  expect(below).toMatchObject({ message: expect.stringMatching(/: a part of the path is no folder \(ENOTDIR\)$/) });
});

test('what a run writes is no part of its corpus, though it lies inside', async () => {
  const dir = await temporaryFolder({ 'a.txt': 'a', 'out/run.json': '{}', 'outside/b.txt': 'b' });
  const found = async (path: string, out: string) =>
    (await corpusFiles([path], out)).map((file) => file.path.slice(dir.length + 1));
  expect(await found(dir, join(dir, 'out'))).toEqual(['a.txt', 'outside/b.txt']);
  expect(await found(join(dir, '**'), join(dir, 'out'))).toEqual(['a.txt', 'outside/b.txt']);
  expect(await found(dir, join(dir, 'not/yet/there'))).toEqual(['a.txt', 'out/run.json', 'outside/b.txt']);
  await symlink(join(dir, 'out'), join(dir, 'link'));
  expect(await found(dir, join(dir, 'link'))).toEqual(['a.txt', 'outside/b.txt']);
});

test('of many files only a few are open at once, and all are heard of in order', async () => {
  let [open, most] = [0, 0];
  const doubled = await mapBounded([...Array(1000).keys()], 4, async (i) => {
    most = Math.max(most, ++open);
    await new Promise((resolve) => setTimeout(resolve, i % 3));
    open--;
    return 2 * i;
  });
  expect(most).toBe(4);
  expect(doubled).toEqual(Array.from({ length: 1000 }, (_, i) => 2 * i));
});

test('a folder is made with those it lies in, and refused at once where none can be', async () => {
  const dir = await temporaryFolder({ file: '' });
  const deep = join(dir, 'a/b/c');
  await Promise.all([makeFolder(deep), makeFolder(deep), makeFolder(join(deep, 'd'))]);
  expect(await pathKind(join(deep, 'd'))).toBe('folder');
  const refusal = async (path: string) => makeFolder(path).catch(asUserError);
  expect(await refusal(join(dir, 'file'))).toMatchObject({
    message: `a file, expected a folder: ${dir}/file (EEXIST)`,
  });
  expect(await refusal(join(dir, 'file/a'))).toMatchObject({ message: expect.stringContaining('(ENOTDIR)') });
  expect(await refusal('/proc/atlas')).toMatchObject({ message: expect.stringContaining('cannot make the folder') });
});
