import { expect, test } from 'vitest';
import { listSaes } from '../../../pipeline/sae/formats/sae-dir.ts';
import { cfg, saeFolder } from './sae-lens-case.ts';

const older = 'before 3.19.2 SAELens folded LayerNorm and value biases';
test.each([
  [{ device: 'cuda' }, 'value_and_norm', `no sae_lens_training_version: ${older}`],
  [{ finetuning_scaling_factor: false }, 'value_and_norm', `no sae_lens_training_version: ${older}`],
  [{ sae_lens_training_version: null }, 'value_and_norm', `no sae_lens_training_version: ${older}`],
  [{ sae_lens_training_version: '0.5.1' }, 'value_and_norm', `trained by SAELens 0.5.1: ${older}`],
  [{ sae_lens_training_version: '3.9.20' }, 'value_and_norm', `trained by SAELens 3.9.20: ${older}`],
  [{ sae_lens_training_version: '3.19.1' }, 'value_and_norm', `trained by SAELens 3.19.1: ${older}`],
  [{ sae_lens_training_version: '3.19.2' }, 'none', 'SAELens 3.19.2 trains on the unprocessed model'],
  [{ sae_lens_training_version: '6.0.0-rc.2' }, 'none', 'SAELens 6.0.0-rc.2 trains on the unprocessed model'],
  [{ sae_lens_version: '6.12.1' }, 'value_and_norm', `no sae_lens_training_version: ${older}`],
  [
    { sae_lens_training_version: '3.19.0', model_from_pretrained_kwargs: {} },
    'value_and_norm',
    `trained by SAELens 3.19.0: ${older}`,
  ],
  [{ model_from_pretrained_kwargs: {} }, 'none', 'model_from_pretrained_kwargs says no fold_value_biases'],
  [
    { sae_lens_training_version: '3.10.0', model_from_pretrained_kwargs: { center_writing_weights: true } },
    'none',
    'model_from_pretrained_kwargs says no fold_value_biases',
  ],
  [
    { model_from_pretrained_kwargs: { fold_ln: true, center_unembed: true } },
    'none',
    'model_from_pretrained_kwargs says no fold_value_biases',
  ],
  [
    { sae_lens_training_version: '4.1.0', model_from_pretrained_kwargs: { fold_value_biases: true } },
    'value',
    'model_from_pretrained_kwargs says fold_value_biases without fold_ln',
  ],
  [
    { sae_lens_training_version: '4.1.0', model_from_pretrained_kwargs: { fold_value_biases: true, fold_ln: true } },
    'value_and_norm',
    'model_from_pretrained_kwargs says fold_value_biases and fold_ln',
  ],
] as const)('of %j the biases folded are %s, flat or under metadata', async (fields, bias, reason) => {
  const { hook_name, hook_layer, ...sizes } = cfg(1);
  for (const json of [
    { ...cfg(1), ...fields },
    { ...sizes, metadata: { hook_name, ...fields } },
  ]) {
    const [source] = await listSaes(await saeFolder({ sae: json }));
    expect(source?.config.processing).toEqual({ bias, reason });
  }
});

test('an SAE of someone who used SAELens’s layout is taken to read the model’s own z, which the reason says', async () => {
  const [source] = await listSaes(await saeFolder({ sae: cfg(1) }));
  expect(source?.config.processing).toEqual({ bias: 'none', reason: expect.stringContaining('names no trainer') });
});
