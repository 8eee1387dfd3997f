import { expect, test } from 'vitest';
import { float32 } from '../../../pipeline/numbers/tensor.ts';
import { listSaes } from '../../../pipeline/sae/formats/sae-dir.ts';
import { temporaryFolder } from '../../files/temporary-folder.ts';
import { cfg, load, weights } from './sae-lens-case.ts';

test('a config of another library is refused by its name, whatever was added to it', async () => {
  const refused: [Readonly<Record<string, unknown>>, string][] = [
    [{ expansion_factor: 8, normalize_decoder: true, num_latents: 0, k: 32, multi_topk: false }, 'sparsify'],
    [{ trainer: { dict_class: 'AutoEncoder', activation_dim: 4 }, buffer: {} }, 'dictionary_learning'],
    [{ hf_hook_point_in: 'model.layers.0.self_attn.o_proj.input', architecture: 'jump_relu' }, 'Gemma Scope 2'],
    [{ hook_point_in: 'blocks.0.hook_attn_out', norm_activation: 'dataset-wise' }, 'Llama Scope'],
    [{ sae_type: 'sae', act_fn: 'topk' }, 'llamascopium'],
    [{ n_latents: 2, n_inputs: 4 }, 'OpenAI'],
  ];
  for (const [fields, format] of refused) {
    await expect(load(cfg(0, fields))).rejects.toThrow(`unsupported sae format: ${format} (its config has `);
    await expect(listSaes(await temporaryFolder({ 'a/cfg.json': fields }))).rejects.toThrow(format);
  }
});

test('a file of another library is refused by its name, whatever its config says', async () => {
  const files: [readonly string[], string][] = [
    [['encoder.weight', 'encoder.bias', 'W_dec', 'b_dec'], 'sparsify'],
    [['bias', 'encoder.weight', 'encoder.bias', 'decoder.weight'], 'dictionary_learning'],
    [['encoder.weight', 'encoder.bias', 'decoder.weight', 'decoder.bias'], 'Llama Scope'],
    [['pre_bias', 'latent_bias', 'encoder.weight', 'decoder.weight'], 'OpenAI'],
    [['W_E', 'b_E', 'W_D', 'b_D'], 'llamascopium'],
    [['w_enc', 'b_enc', 'w_dec', 'b_dec', 'threshold'], 'Gemma Scope 2'],
  ];
  for (const [names, format] of files) {
    const tensors = Object.fromEntries(names.map((name) => [name, float32([2])]));
    await expect(load(cfg(0), tensors)).rejects.toThrow(`unsupported sae format: ${format} (it holds `);
  }
  const turned = { ...weights, W_enc: float32([2, 4]), W_dec: float32([4, 2]) };
  await expect(load(cfg(0), turned)).rejects.toThrow(/^unsupported sae format: Qwen-Scope \(W_enc is \[2, 4\], turned/);
  await expect(load(cfg(0), { ...weights, r_mag: float32([2]) })).rejects.toThrow(/^r_mag of a gated sae, expected/);
  await expect(listSaes(await temporaryFolder({ 'a/layer3.sae.pt': '' }))).rejects.toThrow(
    /^no sae of an attention output: 1 sae of Qwen-Scope's residual streams/,
  );
  const llamascopium = { 'a/config.json': {}, 'a/sae_weights.safetensors': '' };
  await expect(listSaes(await temporaryFolder(llamascopium))).rejects.toThrow(/^unsupported sae format: llamascopium/);
});

test('what cannot be read rightly is refused', async () => {
  const refused: [Readonly<Record<string, unknown>>, RegExp][] = [
    [{ hook_name: 'blocks.0.hook_resid_pre' }, /^no sae of an attention output: 1 sae of blocks.0.hook_resid_pre \(/],
    [{ hook_name: undefined }, /^missing hook_name/],
    [{ hook_head_index: 3 }, /^unsupported hook_head_index: 3/],
    [
      { architecture: 'temporal' },
      /^unsupported sae architecture: temporal, expected standard, jumprelu, topk or gated/,
    ],
    [{ activation_fn: 'tanh-relu' }, /^unsupported activation_fn: tanh-relu/],
    [{ normalize_activations: 'covariance_whitening' }, /^unsupported normalize_activations: covariance_whitening/],
    [
      { normalize_activations: 'expected_average_only_in' },
      /^missing factor of normalize_activations expected_average_only_in, expected norm_scaling_factor in the config/,
    ],
    [
      { model_from_pretrained_kwargs: { refactor_factored_attn_matrices: true } },
      /^unsupported refactor_factored_attn_matrices: true, expected false: it turns z inside each head/,
    ],
    [
      { metadata: { model_from_pretrained_kwargs: { refactor_factored_attn_matrices: true, fold_ln: true } } },
      /^unsupported refactor_factored_attn_matrices: true/,
    ],
    [{ rescale_acts_by_decoder_norm: true }, /^unsupported rescale_acts_by_decoder_norm: true of a relu sae/],
    [
      { architecture: 'jumprelu', rescale_acts_by_decoder_norm: true },
      /^unsupported rescale_acts_by_decoder_norm: true of a jumprelu sae/,
    ],
    [{ seqpos_slice: [5, -5] }, /^unsupported seqpos_slice: \[5,-5\], expected every position/],
    [{ seqpos_slice: [5] }, /^unsupported seqpos_slice/],
    [{ seqpos_slice: [0, null, 2] }, /^unsupported seqpos_slice/],
    [{ hook_name: 'blocks.0.attn.hook_q' }, /^no sae of an attention output: 1 sae of blocks.0.attn.hook_q/],
    [{ hook_name: 'blocks.0.hook_attn_out', d_in: 6 }, /^d_in is 6, expected 4: d_model/],
    [{ d_in: 6 }, /^d_in is 6, expected 4: 2 heads of 2/],
    [{ d_sae: 3 }, /^shape mismatch: W_enc is \[4, 2\], expected \[4, 3\]/],
    [{ d_sae: 'many' }, /^malformed sae config: d_sae: /],
  ];
  for (const [fields, message] of refused) await expect(load(cfg(0, fields))).rejects.toThrow(message);
  await expect(load(cfg(7))).rejects.toThrow(/^sae of layer 7, expected a layer below 3/);
  const W_dec = float32([2, 4], new Float32Array(8).fill(Number.NaN));
  await expect(load(cfg(0), { ...weights, W_dec })).rejects.toThrow(/^nan in W_dec \(.*sae_weights.safetensors\)$/);
});
