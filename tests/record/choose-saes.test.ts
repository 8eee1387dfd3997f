import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readModelConfig } from '../../pipeline/files/model/model-dir.ts';
import { chooseSaes, foldsOf } from '../../pipeline/record/choose-saes.ts';
import { temporaryFolder } from '../files/temporary-folder.ts';

/** What is folded of layer 0 for two SAEs, of which one was trained on a model with folded biases, and their reasons. */
async function foldOf(family: string) {
  const model = join(import.meta.dirname, '../fixtures/families', family);
  const { config } = await readModelConfig(model);
  const cfg = { d_in: config.nHeads * config.dHead, d_sae: 8, hook_name: 'blocks.0.attn.hook_z' };
  const saes = await temporaryFolder({
    'old/cfg.json': { ...cfg, sae_lens_training_version: '3.1.0' },
    'old/sae_weights.safetensors': '',
    'new/cfg.json': { ...cfg, sae_lens_training_version: '6.0.0' },
    'new/sae_weights.safetensors': '',
  });
  const { chosen } = await chooseSaes({ model, saes, processing: 'auto', anyModel: true }, config);
  return { fold: foldsOf(chosen).get(0), reasons: chosen.map(({ processing }) => processing.reason) };
}

test('SAEs of folded and of raw z read the same where the model has nothing to fold', async () => {
  const { fold, reasons } = await foldOf('mistral');
  expect(fold).toBe('none');
  expect(reasons).toContain('the model has neither a value bias nor a LayerNorm bias to fold');
});

test('SAEs of folded and of raw z are refused together where the model has biases', async () => {
  await expect(foldOf('gpt2')).rejects.toThrow(
    /^saes of layer 0 read different versions of z: 0-new raw, 0-old folded/,
  );
});
