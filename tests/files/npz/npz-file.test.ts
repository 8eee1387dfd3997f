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

test('what is compressed, cut short or no array is refused in one line', async () => {
  await expect(openNpz(await npz({ w: npy('<f4', '(64, 64)', new Float32Array(4096)) }, 6))).rejects.toThrow(
    'compressed zip entry: w.npy, expected stored',
  );
  await expect(openNpz(await npz({ w: npy('<f4', '(9,)', six) }))).rejects.toThrow(
    'truncated file: w.npy holds 24 bytes of values',
  );
  await expect(openNpz(await npz({ w: Buffer.from('no array at all') }))).rejects.toThrow('malformed array: w.npy');
});
