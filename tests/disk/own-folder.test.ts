import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { watchDisk } from '../../pipeline/disk/disk.ts';
import type { LockRecord } from '../../pipeline/disk/lock-record.ts';
import { ownFolder } from '../../pipeline/disk/own-folder.ts';
import { ownIdentity } from '../../pipeline/disk/process-identity.ts';
import { removeTemporaryFolders, temporaryFolder } from '../run/reference-case.ts';

afterEach(removeTemporaryFolders);

const contender = fileURLToPath(new URL('./take-lock.ts', import.meta.url));
const node = fileURLToPath(new URL('../../node_modules/node/bin/node', import.meta.url));

/** Leaves a lock of some process in a folder. */
async function leaveLock(folder: string, holder: Partial<LockRecord>): Promise<string> {
  const since = '2026-01-02T03:04:05.000Z';
  const path = join(folder, '.lock');
  await writeFile(path, JSON.stringify({ ...ownIdentity(), since, command: 'run', token: 'left', ...holder }));
  return path;
}

const own = (folder: string) => ownFolder(folder, 'run', async () => readdir(folder));

describe('a folder', () => {
  it('is owned by one command at a time, which is named to the others', async () => {
    const folder = await temporaryFolder();
    await ownFolder(folder, 'train', async () => {
      await expect(own(folder)).rejects.toThrow(
        new RegExp(`^${folder} is in use: train on ${hostname()}, process ${process.pid}, since 20.*Z; wait for it`),
      );
    });
    expect(await own(folder)).toEqual(['.lock']);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is made, and removed again where nothing came of it', async () => {
    const above = await temporaryFolder();
    await own(join(above, 'a', 'b'));
    expect(await readdir(above)).toEqual([]);
    await mkdir(join(above, 'kept'));
    await own(join(above, 'kept'));
    expect(await readdir(above)).toEqual(['kept']);
  });

  it.each([
    ['a process that has ended', { pid: 2 ** 22 + 1 }],
    ['an earlier process of the same number', { pid: process.ppid, started: '1' }],
    ['this process, which does not hold it', {}],
  ])('is taken over from %s', async (_name, holder) => {
    const folder = await temporaryFolder();
    await leaveLock(folder, holder);
    expect(await own(folder)).toEqual(['.lock']);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is not taken over from a process that runs', async () => {
    const folder = await temporaryFolder();
    const sleeper = spawn('sleep', ['60']);
    try {
      await leaveLock(folder, { pid: sleeper.pid ?? 0, started: '' });
      await expect(own(folder)).rejects.toThrow(/is in use: run on .*, since 2026-01-02T03:04:05.000Z/);
    } finally {
      sleeper.kill('SIGKILL');
      await once(sleeper, 'exit');
    }
    expect(await own(folder)).toEqual(['.lock']);
  });

  it.each([
    ['another host', { host: 'elsewhere', pid: process.pid }],
    ['another boot of a host of this name', { machine: 'another' }],
  ])('is taken over from %s only after two minutes without a sign of life', async (_name, holder) => {
    const folder = await temporaryFolder();
    const path = await leaveLock(folder, holder);
    await expect(own(folder)).rejects.toThrow('is in use');
    const age = async (seconds: number) => utimes(path, new Date(), new Date(Date.now() - 1000 * seconds));
    await age(90);
    await expect(own(folder)).rejects.toThrow('is in use');
    await age(150);
    expect(await own(folder)).toEqual(['.lock']);
  });

  it('whose lock cannot be read is held for as long', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, '.lock');
    await writeFile(path, '{"host":');
    await expect(own(folder)).rejects.toThrow('is in use: a process that is just taking it');
    await utimes(path, new Date(), new Date(Date.now() - 150_000));
    expect(await own(folder)).toEqual(['.lock']);
  });

  it('is cleared of what killed commands left, and of nothing else', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'blocks.0.hook_z'));
    const litter = ['run.json.atlas-tmp', 'blocks.0.hook_z/sae_weights.safetensors.atlas-tmp', '.lock.empty'];
    const kept = ['mine.json.tmp', 'blocks.0.hook_z/mine.bin.tmp', 'notes.tmp', 'run.json', 'a.txt'];
    for (const name of [...litter, ...kept]) await writeFile(join(folder, name), name === '.lock.empty' ? '' : 'x');
    await writeFile(
      join(folder, '.lock.left'),
      JSON.stringify({ ...ownIdentity(), since: '', command: '', token: 'x' }),
    );
    await own(folder);
    expect((await readdir(folder, { recursive: true })).sort()).toEqual([
      'a.txt',
      'blocks.0.hook_z',
      'blocks.0.hook_z/mine.bin.tmp',
      'mine.json.tmp',
      'notes.tmp',
      'run.json',
    ]);
  });

  it('is owned although another process clears a claim away while it is written', async () => {
    const folder = await temporaryFolder();
    let cleared = 0;
    watchDisk((operation, path) => {
      if (operation !== 'sync' || !path.includes('.lock.') || cleared > 0) return;
      rmSync(path);
      cleared++;
    });
    try {
      expect(await own(folder)).toEqual(['.lock']);
    } finally {
      watchDisk(undefined);
    }
    expect(cleared).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is given back where what others left beside its lock cannot be cleared', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, '.lock.empty'), '');
    watchDisk((operation, path) => {
      if (operation === 'remove' && path.endsWith('.lock.empty')) throw new Error('not to be removed');
    });
    try {
      await expect(own(folder)).rejects.toThrow('not to be removed');
    } finally {
      watchDisk(undefined);
    }
    expect(await readdir(folder)).toEqual(['.lock.empty']);
    expect(await own(folder)).toEqual(['.lock']);
  });

  it('is owned by each of many processes in turn, also after one was killed', async () => {
    const folder = await temporaryFolder();
    const notes = join(await temporaryFolder(), 'notes');
    await leaveLock(folder, { pid: 2 ** 22 + 1 });
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    const contenders = ids.map((id) => spawn(node, [contender, folder, notes, id], { stdio: 'inherit' }));
    await Promise.all(contenders.map((contender) => once(contender, 'exit')));
    const lines = (await readFile(notes, 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(12);
    for (let i = 0; i < lines.length; i += 2) {
      expect(lines[i + 1]).toBe(`${lines[i]?.split(' ')[0]} out`);
    }
    expect(await readdir(folder)).toEqual([]);
  });
});
