import { join } from 'node:path';
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { loadModel } from '../../pipeline/files/model/model-dir.ts';
import { openNpz } from '../../pipeline/files/npz/npz-file.ts';
import { openSafetensors } from '../../pipeline/files/safetensors/safetensors.ts';
import { loadTokenizer } from '../../pipeline/files/tokenizer/load-tokenizer.ts';
import { openTorchFile } from '../../pipeline/files/torch/torch-file.ts';
import { unpickle } from '../../pipeline/files/torch/unpickle.ts';
import { npy } from './npy.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { tinyConfig, tinyModelFolder, tinyWeights } from './tiny-model.ts';
import { tokenizerJson, vocab } from './tiny-tokenizer.ts';

/** What a file claims is checked against what is there, before any of it is believed. */

const fileOf = async (name: string, content: Uint8Array): Promise<string> =>
  join(await temporaryFolder({ [name]: content }), name);

test('layers by the thousand million are refused by the tensors that are there', async () => {
  for (const [layers, refusal] of [
    [17, '17 layers, expected at most as many as there are tensors: 16'],
    [1e9, 'invalid n_layer: 1000000000, expected at most 10000'],
  ] as const) {
    const dir = await tinyModelFolder(
      { 'model.safetensors': tinyWeights() },
      { 'config.json': { ...tinyConfig, n_layer: layers } },
    );
    await expect(loadModel(dir)).rejects.toThrow(`${refusal} (${join(dir, 'config.json')})`);
  }
});

test('a shard is a file beside its index, and no other', async () => {
  const dir = await tinyModelFolder(
    { 'model.safetensors': tinyWeights() },
    {
      'sub/model.safetensors.index.json': { weight_map: { a: '../model.safetensors' } },
      'sub/config.json': tinyConfig,
    },
  );
  await expect(loadModel(join(dir, 'sub'))).rejects.toThrow(
    /^shard is \.\.\/model.safetensors, expected a file beside the index/,
  );
});

test.each([
  ['an added token', { ...tokenizerJson, added_tokens: [{ ...tokenizerJson.added_tokens[0], id: 1e9 }] }, '1000000000'],
  ['a word', { ...tokenizerJson, model: { ...tokenizerJson.model, vocab: { ...vocab, hell: 2 ** 31 } } }, '2147483648'],
  ['a fraction', { ...tokenizerJson, model: { ...tokenizerJson.model, vocab: { ...vocab, hell: 1.5 } } }, '1.5'],
  ['a text', { ...tokenizerJson, model: { ...tokenizerJson.model, vocab: { ...vocab, hell: '7' } } }, '"7"'],
])('an id that no vocabulary of this size needs is refused: %s', async (_name, tokenizer, id) => {
  const dir = await temporaryFolder({ 'tokenizer.json': tokenizer });
  await expect(loadTokenizer(dir)).rejects.toThrow(
    new RegExp(`^id of token ".*" is ${id}, expected a whole number below \\d+: there are \\d+ tokens \\(`),
  );
});

test('a config nested beyond any reader is one line', async () => {
  const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
  const dir = await temporaryFolder({ 'config.json': deep, 'tokenizer.json': deep });
  await expect(loadModel(dir)).rejects.toThrow(`malformed json: nested more than 100 deep (${dir}/config.json)`);
  await expect(loadTokenizer(dir)).rejects.toThrow(`malformed json: nested more than 100 deep (${dir}/tokenizer.json)`);
});

const safetensors = (header: string, dataBytes: number): Promise<string> => {
  const length = Buffer.from(new BigUint64Array([BigInt(header.length)]).buffer);
  return fileOf('made.safetensors', Buffer.concat([length, Buffer.from(header), Buffer.alloc(dataBytes)]));
};

test('a safetensors header that names a tensor twice, or nests without end, is refused', async () => {
  const entry = '{"dtype":"F32","shape":[1],"data_offsets":[0,4]}';
  await expect(openSafetensors(await safetensors(`{"a:b":${entry},"\\u0061:b":${entry}}`, 4))).rejects.toThrow(
    'malformed safetensors header: 1 names repeated',
  );
  await expect(openSafetensors(await safetensors(`{"a":${'['.repeat(1e6)}`, 0))).rejects.toThrow(
    'not a safetensors file: the header is no json object',
  );
});

test('an npz header of more than NumPy reads is refused', async () => {
  const archive = async (shape: string) =>
    fileOf('made.npz', zipSync({ 'w.npy': npy('<f4', shape, new Float32Array(4)) }, { level: 0 }));
  await expect(openNpz(await archive(`(${'1, '.repeat(65)})`))).rejects.toThrow('malformed array: w.npy');
  await expect(openNpz(await archive(`(${' '.repeat(20_000)}4,)`))).rejects.toThrow('malformed array: w.npy');
  await expect(openNpz(await archive('(99999999999999999999, 0)'))).rejects.toThrow('malformed array: w.npy');
});

/** A zip whose directory is read by a zip64 record that points to `start`. */
function zip64(start: bigint): Uint8Array {
  const bytes = Buffer.alloc(56 + 20 + 22);
  bytes.writeUInt32LE(0x06064b50, 0);
  bytes.writeBigUInt64LE(46n, 40);
  bytes.writeBigUInt64LE(start, 48);
  bytes.writeUInt32LE(0x07064b50, 56);
  bytes.writeUInt32LE(0x06054b50, 76);
  return bytes;
}

test('a zip that points past 2^53, past its end, or to two entries of one name is refused', async () => {
  for (const start of [2n ** 53n, 2n ** 64n - 1n]) {
    await expect(openNpz(await fileOf('made.npz', zip64(start)))).rejects.toThrow(
      /^malformed zip file: a size or place/,
    );
  }
  await expect(openNpz(await fileOf('made.npz', zip64(2n ** 40n)))).rejects.toThrow(/a directory past its end/);
  const two = Buffer.from(zipSync({ 'a.npy': Buffer.from('1'), 'b.npy': Buffer.from('2') }, { level: 0 }));
  two.write('a', two.lastIndexOf('b.npy'));
  await expect(openNpz(await fileOf('made.npz', two))).rejects.toThrow('malformed zip file: two entries a.npy');
});

/** A pickled tensor of a float storage of 4 values, with one-byte sizes and steps. */
function pickledTensor(sizes: string, steps: string): string {
  const storage = '(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x04tQ';
  return `\x80\x02}X\x01\x00\x00\x00actorch._utils\n_rebuild_tensor_v2\n(${storage}K\x00(${sizes}t(${steps}ttRs.`;
}

async function torchFile(pickle: string): Promise<string> {
  return fileOf('made.pt', zipSync({ 'archive/data.pkl': Buffer.from(pickle, 'latin1') }, { level: 0 }));
}

test('a tensor far larger than its storage is refused, one that repeats a few values is not', async () => {
  const int = (value: number) => `J${Buffer.from(Int32Array.of(value).buffer).toString('latin1')}`;
  await expect(openTorchFile(await torchFile(pickledTensor(int(1e9), 'K\x00')))).rejects.toThrow(
    'a tensor [1000000000] on a storage of 4 values',
  );
  await expect(openTorchFile(await torchFile(pickledTensor('K\x01'.repeat(65), 'K\x00'.repeat(65))))).rejects.toThrow(
    'a tensor of unknown layout',
  );
  const file = await openTorchFile(await torchFile(pickledTensor('K\x03', 'K\x00')));
  expect(file.shapes.get('a')).toEqual([3]);
  await file.close();
});

test.each([
  [
    'a remembered list made into a dict again and again',
    `](${'K\x01K\x02\x86'.repeat(10_000)}eq\x000${'ccollections\nOrderedDict\nh\x00\x85R'.repeat(4000)}`,
  ],
  ['empty dicts without end', '}'.repeat(2_000_000)],
  ['marks without end', '('.repeat(5_000_000)],
  ['a remembered tuple unpacked into tuples', `K\x01q\x00${'h\x00'.repeat(9_000_000)}`],
])('a small pickle asks for no more work than a state dict needs: %s', (_name, body) => {
  const begin = performance.now();
  const bytes = Buffer.from(`\x80\x02${body}.`, 'latin1');
  expect(() => unpickle(bytes, 'bomb.pkl')).toThrow(/^malformed pickle: over 16777216 cells of work at byte \d+/);
  expect(performance.now() - begin).toBeLessThan(5000);
});
