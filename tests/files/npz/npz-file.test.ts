import { join } from 'node:path';
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { openNpz } from '../../../pipeline/files/npz/npz-file.ts';
import { npy } from '../npy.ts';
import { temporaryFolder } from '../temporary-folder.ts';

async function npz(arrays: Readonly<Record<string, Uint8Array>>, level: 0 | 6 = 0): Promise<string> {
  const entries = Object.fromEntries(Object.entries(arrays).map(([name, bytes]) => [`${name}.npy`, bytes]));
  return join(await temporaryFolder({ 'made.npz': zipSync(entries, { level }) }), 'made.npz');
}

const six = Float32Array.of(1, 2, 3, 4, 5, 6);

test('arrays of every float format are read as float32, with their shapes', async () => {
  const file = await openNpz(
    await npz({
      single: npy('<f4', '(2, 3)', six),
      double: npy('<f8', '(3,)', Float64Array.of(0.5, -1, 1e9), { version: 2 }),
      half: npy('<f2', '(2,)', Uint16Array.of(0x3c00, 0xc000)),
      scalar: npy('<f4', '()', Float32Array.of(7)),
    }),
  );
  expect(Object.fromEntries(file.shapes)).toEqual({ single: [2, 3], double: [3], half: [2], scalar: [] });
  expect((await file.read('single')).data).toEqual(six);
  expect([...(await file.read('double')).data]).toEqual([0.5, -1, 1e9]);
  expect([...(await file.read('half')).data]).toEqual([1, -2]);
  expect([...(await file.read('scalar')).data]).toEqual([7]);
  await file.close();
});

test('a column-major array is read row-major', async () => {
  const file = await openNpz(await npz({ w: npy('<f4', '(2, 3)', six, { isColumnMajor: true }) }));
  expect([...(await file.read('w')).data]).toEqual([1, 3, 5, 2, 4, 6]);
  await file.close();
});

test('an array of integers is listed, and refused by its type when asked for', async () => {
  const file = await openNpz(await npz({ k: npy('<i8', '(1,)', BigInt64Array.of(5n)) }));
  await expect(file.read('k')).rejects.toThrow('unsupported dtype: k is <i8, expected one of <f2, <f4, <f8');
  await file.close();
});

test('a compressed archive gives the arrays of one that is not', async () => {
  const wide = Float32Array.from({ length: 700_000 }, (_, i) => Math.sin(i) * (i % 9));
  const arrays = {
    wide: npy('<f4', '(700, 1000)', wide),
    columns: npy('<f8', '(2, 3)', Float64Array.from(six), { isColumnMajor: true, version: 2 }),
    zeros: npy('<f2', '(64, 64)', new Uint16Array(4096)),
    k: npy('<i8', '()', BigInt64Array.of(5n)),
  };
  const [plain, packed] = await Promise.all([openNpz(await npz(arrays)), openNpz(await npz(arrays, 6))]);
  expect([...packed.shapes]).toEqual([...plain.shapes]);
  for (const name of ['wide', 'columns', 'zeros']) expect(await packed.read(name)).toEqual(await plain.read(name));
  expect((await packed.read('wide')).data).toEqual(wide);
  await expect(packed.read('k')).rejects.toThrow('unsupported dtype: k is <i8');
  await Promise.all([plain.close(), packed.close()]);
});

/** An archive of one compressed array of 64 × 64, with a 32-bit field of its directory, or a byte of its data, changed. */
async function changed(change: (bytes: Buffer, directory: number) => void): Promise<string> {
  const values = Float32Array.from({ length: 4096 }, (_, i) => Math.cos(i));
  const bytes = Buffer.from(zipSync({ 'w.npy': npy('<f4', '(64, 64)', values) }, { level: 6 }));
  change(bytes, bytes.indexOf('PK\x01\x02', 0, 'latin1'));
  return join(await temporaryFolder({ 'made.npz': bytes }), 'made.npz');
}

test.each<[string, (bytes: Buffer, directory: number) => void, RegExp]>([
  ['of another checksum', (bytes, at) => bytes.writeUInt32LE(7, at + 16), /^damaged zip entry: another checksum/],
  ['of fewer bytes', (bytes, at) => bytes.writeUInt32LE(17_000, at + 24), /^damaged zip entry: 16512 bytes, expected/],
  [
    'of more bytes than any',
    (bytes, at) => bytes.writeUInt32LE(0x7fffffff, at + 24),
    /^malformed zip file: 2147483647/,
  ],
  ['compressed otherwise', (bytes, at) => bytes.writeUInt16LE(12, at + 10), /expected stored or deflated/],
  ['with a changed byte', (bytes) => void bytes.fill(0xff, 5000, 5040), /^damaged zip entry: /],
])('an array %s is refused in one line', async (_, change, message) => {
  const path = await changed(change);
  const read = async () => {
    const file = await openNpz(path);
    await file.read('w').finally(() => file.close());
  };
  await expect(read()).rejects.toThrow(message);
});

test('what is cut short or no array is refused in one line', async () => {
  for (const level of [0, 6] as const) {
    await expect(openNpz(await npz({ w: npy('<f4', '(9,)', six) }, level))).rejects.toThrow(
      'truncated file: w.npy holds 24 bytes of values',
    );
    await expect(openNpz(await npz({ w: Buffer.from('no array at all') }, level))).rejects.toThrow(
      'malformed array: w.npy',
    );
  }
});
