import { readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSafetensors } from '../../../pipeline/files/safetensors/safetensors.ts';
import { writeSafetensors } from '../../../pipeline/files/safetensors/safetensors-writer.ts';
import { readTensor } from '../../../pipeline/files/tensor-file.ts';
import { float32 } from '../../../pipeline/numbers/tensor.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const matrix = float32([2, 3], Float32Array.of(1, -2, 3.5, 0, 1e-20, 6));
const vector = float32([2], Float32Array.of(0.5, -0.25));

async function written(options = {}): Promise<string> {
  const path = join(await temporaryFolder(), 'weights.safetensors');
  await writeSafetensors(path, { matrix, vector }, options);
  return path;
}

/** A file of one header and so many bytes of data. */
async function handmade(header: unknown, dataBytes: number | Uint8Array): Promise<string> {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const data = typeof dataBytes === 'number' ? new Uint8Array(dataBytes) : dataBytes;
  const length = new Uint8Array(new BigUint64Array([BigInt(json.length)]).buffer);
  const dir = await temporaryFolder({ 'made.safetensors': Buffer.concat([length, json, data]) });
  return join(dir, 'made.safetensors');
}

test('what is written as float32 is read back to the bit', async () => {
  const file = await openSafetensors(await written());
  expect(file.shapes).toEqual(
    new Map([
      ['matrix', [2, 3]],
      ['vector', [2]],
    ]),
  );
  expect(await file.read('matrix')).toEqual(matrix);
  expect(await file.read('vector')).toEqual(vector);
  await file.close();
});

test('float16 keeps what half precision holds', async () => {
  const file = await openSafetensors(await written({ dtype: 'F16' }));
  expect([...(await file.read('matrix')).data]).toEqual([1, -2, 3.5, 0, 0, 6]);
  await file.close();
});

test('the header is padded so that the tensors are aligned to 8 bytes', async () => {
  const bytes = await readFile(await written({ metadata: { format: 'pt' } }));
  expect(bytes.readBigUInt64LE(0) % 8n).toBe(0n);
  expect(JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString())).toMatchObject({
    __metadata__: { format: 'pt' },
    matrix: { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
    vector: { data_offsets: [24, 32] },
  });
});

test('bfloat16 and float64 are read as float32', async () => {
  const data = new Uint8Array(12);
  new DataView(data.buffer).setFloat64(0, 1 / 3, true);
  data.set([0x80, 0x3f, 0x00, 0xc0], 8);
  const file = await openSafetensors(
    await handmade(
      {
        d: { dtype: 'F64', shape: [1], data_offsets: [0, 8] },
        b: { dtype: 'BF16', shape: [2], data_offsets: [8, 12] },
      },
      data,
    ),
  );
  expect([...(await file.read('d')).data]).toEqual([Math.fround(1 / 3)]);
  expect([...(await file.read('b')).data]).toEqual([1, -2]);
  await file.close();
});

test('a name that the metadata maps to a kept tensor is that tensor', async () => {
  const header = { __metadata__: { wte: 'head' }, head: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } };
  const file = await openSafetensors(await handmade(header, Uint8Array.of(0, 0, 0x80, 0x3f)));
  expect([...(await file.read('wte')).data]).toEqual([1]);
  await file.close();
});

test('a truncated file is one line that says where it ends', async () => {
  const path = await written();
  await truncate(path, (await readFile(path)).length - 5);
  await expect(openSafetensors(path)).rejects.toThrow(/^truncated file: vector ends at byte 32, the file holds 27 \(/);
  await truncate(path, 20);
  await expect(openSafetensors(path)).rejects.toThrow(/^truncated file: its header ends at byte/);
  await truncate(path, 3);
  await expect(openSafetensors(path)).rejects.toThrow(/^truncated file: ends at byte 3/);
});

test('a header that lies is refused', async () => {
  const one = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };
  const refused = async (header: unknown, message: RegExp) =>
    expect(openSafetensors(await handmade(header, 8))).rejects.toThrow(message);
  await refused({ a: one, b: { ...one, data_offsets: [2, 6] } }, /a and b overlap/);
  await refused({ a: { ...one, shape: [2] } }, /a F32 \[2\] at bytes 0 to 4/);
  await refused({ a: { ...one, data_offsets: [4, 0] } }, /a F32 \[1\] at bytes 4 to 0/);
  await refused({ a: { ...one, data_offsets: [8, 12] } }, /truncated file: a ends at byte 12/);
  await refused({ a: { ...one, shape: [-1] } }, /malformed safetensors header: a/);
  await refused('[not json', /not a safetensors file: the header is no json object/);
});

test('a header length of gigabytes is not believed', async () => {
  const dir = await temporaryFolder({ 'made.safetensors': new Uint8Array(16).fill(0x7f) });
  await expect(openSafetensors(join(dir, 'made.safetensors'))).rejects.toThrow(
    /not a safetensors file: header of \d+ bytes/,
  );
});

test('a wanted tensor that is missing, misshapen, of integers or not finite is named', async () => {
  const path = join(await temporaryFolder(), 'weights.safetensors');
  await writeSafetensors(path, {
    W_enc: matrix,
    nan: float32([1], Float32Array.of(Number.NaN)),
    inf: float32([1], Float32Array.of(-Infinity)),
  });
  const file = await openSafetensors(path);
  await expect(readTensor(file, 'W_dec', [3, 2])).rejects.toThrow(`missing tensor: W_dec, expected [3, 2] (${path})`);
  await expect(readTensor(file, 'W_enc', [4, 3])).rejects.toThrow(
    `shape mismatch: W_enc is [2, 3], expected [4, 3] (${path})`,
  );
  await expect(readTensor(file, 'nan', [1])).rejects.toThrow(`nan in nan (${path})`);
  await expect(readTensor(file, 'inf', [1])).rejects.toThrow(`infinity in inf (${path})`);
  await file.close();
  const integers = await openSafetensors(await handmade({ n: { dtype: 'I64', shape: [1], data_offsets: [0, 8] } }, 8));
  await expect(integers.read('n')).rejects.toThrow(/^unsupported dtype: n is I64, expected F32, F16, BF16 or F64/);
  await integers.close();
});
