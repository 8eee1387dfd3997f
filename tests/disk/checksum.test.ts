import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  checksumOf,
  DamagedFile,
  emptyChecksum,
  extendChecksum,
  readVerified,
  verifyFile,
} from '../../pipeline/disk/checksum.ts';

let dir = '';
let path = '';
const text = 'atlas '.repeat(400_000); // more than a piece of what is read at once
const whole = extendChecksum(emptyChecksum, text);
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'atlas-checksum-'));
  path = join(dir, 'file');
  await writeFile(path, text);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe('checksumOf', () => {
  it('is that of a whole file, or of its beginning', async () => {
    expect(await checksumOf(path)).toEqual(whole);
    expect(await checksumOf(path, 3)).toEqual(extendChecksum(emptyChecksum, 'atl'));
  });
});

describe('readVerified', () => {
  it('gives the bytes that were committed', async () => {
    expect(new TextDecoder().decode(await readVerified(path, whole))).toBe(text);
  });

  it('refuses a file that is missing, shorter, longer or another', async () => {
    const refused = (name: string, expected: typeof whole) => expect(readVerified(join(dir, name), expected)).rejects;
    await refused('none', whole).toThrow(new DamagedFile(join(dir, 'none'), 'it is missing'));
    await refused('file', { ...whole, bytes: whole.bytes + 1 }).toThrow('2400000 bytes, expected 2400001');
    await refused('file', { ...whole, bytes: whole.bytes - 1 }).toThrow('2400000 bytes, expected 2399999');
    await refused('file', { ...whole, crc: whole.crc ^ 1 }).toThrow(/its checksum is not that of what was written/);
  });
});

describe('verifyFile', () => {
  it('takes a file that goes on behind what was committed, and any where nothing was', async () => {
    await verifyFile(path, extendChecksum(emptyChecksum, 'atlas'));
    await verifyFile(path, emptyChecksum);
    await expect(verifyFile(path, extendChecksum(emptyChecksum, 'bound'))).rejects.toThrow(DamagedFile);
  });
});
