import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { watchDisk } from '../../pipeline/disk/disk.ts';
import { temporaryName } from '../../pipeline/disk/temporaries.ts';
import { ownOut } from '../../pipeline/record/own-out.ts';
import { StoredParts } from '../../pipeline/record/stored-parts.ts';
import { whileMeasuring } from '../../pipeline/run/measuring.ts';
import { removeTemporaryFolders, temporaryFolder } from './reference-case.ts';

afterEach(async () => {
  watchDisk(undefined);
  await removeTemporaryFolders();
});

const first = { number: 1, of: 2 };

/** Stops a process where it would put a file in its place: the half-written one stays. */
function killBeforeRename(): void {
  watchDisk((operation) => {
    if (operation !== 'rename') return;
    watchDisk(stop);
    stop();
  });
}

function stop(): never {
  throw new Error('killed');
}

it('what a killed process that measures leaves half-written is in its own folder, and cleared when it begins again', async () => {
  const out = await temporaryFolder();
  const folder = join(out, '.work', 'measuring', '1-of-2');
  await whileMeasuring(out, first, async ({ parts, noteNames }) => {
    killBeforeRename();
    await expect(parts.write('quality', 1)).rejects.toThrow('killed');
    killBeforeRename();
    await expect(noteNames(['quality'])).rejects.toThrow('killed');
    watchDisk(undefined);
    expect((await readdir(folder)).filter((name) => name.endsWith('.atlas-tmp'))).toHaveLength(2);
  });
  expect(await readdir(join(out, '.work', 'measuring'))).toEqual(['1-of-2']);
  await whileMeasuring(out, first, async ({ parts, noteNames }) => {
    expect(await readdir(folder)).toEqual(['.lock']);
    await parts.write('quality', 1);
    await noteNames(['quality']);
  });
  expect([...(await new StoredParts(out).stored())]).toEqual(['quality']);
  expect(await readdir(join(out, '.work', 'measured'))).toEqual(['quality.bin']);
  expect((await readdir(join(out, '.work', 'measuring'))).sort()).toEqual(['1-of-2', 'parts.json']);
  expect(await readdir(folder)).toEqual([]);
});

it('what a killed run left half-written is cleared, and nothing of a process that records a part', async () => {
  const out = await temporaryFolder();
  const litter = [join('measured', temporaryName('quality.bin')), join('shards', temporaryName('plan.json'))];
  const ofPart = join('shards', '1-of-2', temporaryName('started.json'));
  await mkdir(join(out, '.work', 'shards', '1-of-2'), { recursive: true });
  await mkdir(join(out, '.work', 'measured'));
  for (const name of [...litter, ofPart]) await writeFile(join(out, '.work', name), 'x');
  await ownOut(out, 'merge', async () => {});
  const left = await readdir(join(out, '.work'), { recursive: true });
  expect(left.filter((name) => name.endsWith('.atlas-tmp'))).toEqual([ofPart]);
});
