import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseExplorerManifest } from '../../../pipeline/files/explorer-manifest.ts';
import { openSafetensors } from '../../../pipeline/files/safetensors/safetensors.ts';
import { float32 } from '../../../pipeline/numbers/tensor.ts';
import { storedFormat } from '../../../pipeline/publish/explorer/stored-format.ts';
import { tinyMean, tinyMeanZ, tinySite } from '../../site/explorer/engine/tiny-site.ts';

async function published() {
  const site = await tinySite({ saes: ['relu', 'jumprelu'] });
  const json = JSON.parse(await readFile(join(site.folder, 'manifest.json'), 'utf8'));
  return { ...site, manifest: parseExplorerManifest(json, 'manifest.json') };
}

it('loses nothing of weights that float16 can say', async () => {
  const { folder, manifest, model, saes } = await published();
  const layer = await openSafetensors(join(folder, manifest.layers[1]?.path ?? ''));
  for (const name of ['attention.query.weight', 'mlp.in.bias', 'attention.norm.gain'].map((own) => `layers.1.${own}`)) {
    expect((await layer.read(name)).data).toEqual(model.weights[name]?.data);
  }
  expect((await layer.read('z.mean')).data).toEqual(tinyMeanZ);
  await layer.close();
  const sae = await openSafetensors(join(folder, manifest.saes[1]?.file.path ?? ''));
  for (const name of ['wEnc', 'wDec', 'bEnc', 'bDec'] as const) {
    expect((await sae.read(name)).data).toEqual(saes[1]?.[name].data);
  }
  expect([...(await sae.read('mean')).data].every((mean) => mean === tinyMean)).toBe(true);
  expect(sae.shapes.has('threshold')).toBe(true);
  await sae.close();
});

it('names each file once, by its size, and leaves none besides', async () => {
  const { folder, manifest } = await published();
  const files = [manifest.tokenizer, manifest.shared, ...manifest.layers, ...manifest.saes.map(({ file }) => file)];
  for (const { path, bytes } of files) expect((await readFile(join(folder, path))).length).toBe(bytes);
  expect((await readdir(folder)).sort()).toEqual([...files.map(({ path }) => path), 'manifest.json'].sort());
});

it('gives the same names to the same content', async () => {
  expect((await published()).manifest).toEqual((await published()).manifest);
});

const matrix = (...data: number[]) => float32([1, data.length], Float32Array.from(data));

it.each([true, false])('stores in 16 bits what they lose nothing of, lossless: %s', (isLossless) => {
  expect(storedFormat(matrix(1 / 1024 + 1, 65_504, 2 ** -24), isLossless)).toBe('F16');
  expect(storedFormat(matrix(2 ** 70, 1 / 128 + 1, 2 ** -100), isLossless)).toBe('BF16');
  expect(storedFormat(float32([2], Float32Array.of(1, 2)), isLossless)).toBe('F32');
});

it('rounds other matrices to float16 only where that is allowed, and none that it would make infinite', () => {
  expect([true, false].map((isLossless) => storedFormat(matrix(1 / 3), isLossless))).toEqual(['F32', 'F16']);
  expect(storedFormat(matrix(1 / 3, -65_519), false)).toBe('F16');
  expect(storedFormat(matrix(1 / 3, -65_520), false)).toBe('F32');
});
