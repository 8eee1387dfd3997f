import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import type { FloatTensor } from '../../../pipeline/numbers/tensor.ts';
import { listSaes, loadSaes } from '../../../pipeline/sae/formats/sae-dir.ts';
import { npy } from '../../files/npy.ts';
import { temporaryFolder } from '../../files/temporary-folder.ts';
import { cfg, model, saeFolder, weights } from './sae-lens-case.ts';

function npyEntries(tensors: Readonly<Record<string, FloatTensor>>) {
  const entries = Object.entries(tensors).map(([name, { shape, data }]) => [
    `${name}.npy`,
    npy('<f4', `(${shape.join(', ')},)`, data),
  ]);
  return Object.fromEntries(entries);
}

test('weights may stand in an .npz instead, where the config says whether b_dec is subtracted', async () => {
  const npz = zipSync(npyEntries(weights), { level: 0 });
  const dir = await temporaryFolder({ 'cfg.json': cfg(1, { apply_b_dec_to_input: false }), 'params.npz': npz });
  const read = { layer: 1, wEnc: weights.W_enc, bDec: weights.b_dec, subtractDecoderBias: false };
  expect(await loadSaes(dir, model)).toMatchObject([read]);
  for (const name of ['params.npz', 'sae_weights.npz']) {
    await expect(listSaes(await temporaryFolder({ 'cfg.json': cfg(1), [name]: npz }))).rejects.toThrow(
      /^missing apply_b_dec_to_input beside an .npz, expected false for Gemma Scope's/,
    );
  }
  await expect(listSaes(await temporaryFolder({ 'layer_1/params.npz': npz }))).rejects.toThrow(
    /^unknown layer of a gemma scope sae, expected layer_L\/width_W\/average_l0_N\/params.npz/,
  );
});

test('a folder of SAELens saes is read by layer, whatever the folders are called', async () => {
  const dir = await saeFolder({ a: cfg(2), b: cfg(0), c: cfg(1) });
  const saes = await loadSaes(dir, model);
  expect(saes.map(({ layer }) => layer)).toEqual([0, 1, 2]);
  expect(saes[0]).toMatchObject({
    dIn: 4,
    dSae: 2,
    activation: { kind: 'relu' },
    subtractDecoderBias: true,
    wEnc: weights.W_enc,
    bEnc: weights.b_enc,
    wDec: weights.W_dec,
    bDec: weights.b_dec,
    source: 'saes/b',
  });
  expect((await loadSaes(dir, model, [2])).map(({ layer }) => layer)).toEqual([2]);
  expect((await loadSaes(join(dir, 'a'), model)).map(({ layer }) => layer)).toEqual([2]);
});

test('saes of one layer are told apart, and what fits no run is refused', async () => {
  const dir = await saeFolder({ a: cfg(1), b: cfg(1), c: cfg(0) });
  expect((await loadSaes(dir, model)).map(({ id }) => id)).toEqual(['0', '1-a', '1-b']);
  expect(await loadSaes(dir, model, [0])).toHaveLength(1);
  await expect(loadSaes(dir, model, [0, 2])).rejects.toThrow('no sae of layer 2: there are saes of layers 0, 1');
  await expect(listSaes(await temporaryFolder({ 'readme.md': 'none' }))).rejects.toThrow(
    /^no sae found: expected folders/,
  );
  await expect(listSaes('no/such/saes')).rejects.toThrow('saes not found: no/such/saes');
  await expect(listSaes(await temporaryFolder({ 'a/cfg.json': cfg(0) }))).rejects.toThrow(
    /^missing file: sae_weights.safetensors/,
  );
});

test('a config that Python wrote with numbers that are none is read where nothing depends on them', async () => {
  const json = JSON.stringify(cfg(0, { l1_warm_up: 'INFINITY', lr_end: 'NAN' }));
  const dir = await saeFolder({ sae: cfg(0) });
  await writeFile(join(dir, 'sae/cfg.json'), json.replace('"INFINITY"', 'Infinity').replace('"NAN"', 'NaN'));
  expect(await loadSaes(dir, model)).toMatchObject([{ layer: 0, wEnc: weights.W_enc }]);
  await writeFile(join(dir, 'sae/cfg.json'), JSON.stringify(cfg(0)).replace('"d_sae":2', '"d_sae":Infinity'));
  await expect(listSaes(dir)).rejects.toThrow(/^malformed sae config: d_sae: /);
});
