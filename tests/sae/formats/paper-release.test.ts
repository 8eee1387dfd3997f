import { copyFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { findSaes, listSaes, loadSaes } from '../../../pipeline/sae/formats/sae-dir.ts';
import { temporaryFolder } from '../../files/temporary-folder.ts';
import { model } from './sae-lens-case.ts';

const fixture = join(import.meta.dirname, '../../fixtures/torch/state-dict.pt');
const paperConfig = {
  act_name: 'blocks.2.attn.hook_z',
  site: 'z',
  layer: 2,
  head: 'cat',
  act_size: 4,
  dict_size: 6,
  dict_mult: 1.5,
  l1_coeff: 1.8,
  enc_dtype: 'fp32',
  model_name: 'gpt2-small',
};

test('a .pt without a config is a known library’s SAE by its tensors, and none where it has no SAE’s', async () => {
  const state = join(import.meta.dirname, '../../fixtures/saes/dictionary-learning/standard/ae.pt');
  const dir = await temporaryFolder({ 'a/x_cfg.json': paperConfig });
  await copyFile(fixture, join(dir, 'a', 'x.pt'));
  await copyFile(state, join(dir, 'ae_100.pt'));
  await copyFile(fixture, join(dir, 'y.pt'));
  await writeFile(join(dir, 'optimizer_0.pt'), noTensors);
  const { sources, notes } = await findSaes(dir);
  expect(sources).toHaveLength(1);
  expect(notes).toEqual([
    expect.stringMatching(
      /^left out 2 saes of ae_100\.pt, y\.pt: unsupported sae format: dictionary_learning \(it holds/,
    ),
  ]);
});

/** What torch.save makes of a dict without tensors. */
const noTensors = zipSync({ 'a/data.pkl': [Buffer.from('\x80\x02}.', 'latin1'), { level: 0 }] });

test("the paper's release is read: a PyTorch file and its _cfg.json", async () => {
  const dir = await temporaryFolder({ 'gpt2-small_L2_Hcat_z_v9_cfg.json': paperConfig });
  const path = join(dir, 'gpt2-small_L2_Hcat_z_v9.pt');
  await copyFile(fixture, path);
  const [sae] = await loadSaes(dir, model);
  expect(sae).toMatchObject({
    layer: 2,
    dIn: 4,
    dSae: 6,
    activation: { kind: 'relu' },
    subtractDecoderBias: true,
    source: `saes/${basename(path)}`,
  });
  expect(sae?.wDec.shape).toEqual([6, 4]);
  const [source] = await listSaes(dir);
  expect(source?.config.processing).toEqual({
    bias: 'value_and_norm',
    reason: 'the release of arXiv:2406.17759: its model has LayerNorm and value biases folded',
  });
});

test("the paper's release without its config, or of one head, is refused", async () => {
  const dir = await temporaryFolder();
  await copyFile(fixture, join(dir, 'sae.pt'));
  await expect(listSaes(dir)).rejects.toThrow(/^missing file: sae_cfg.json of sae.pt/);
  await writeFile(join(dir, 'sae_cfg.json'), JSON.stringify({ ...paperConfig, head: 3 }));
  await expect(listSaes(dir)).rejects.toThrow(/^unsupported head: 3, expected cat/);
});
