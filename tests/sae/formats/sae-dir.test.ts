import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { writeSafetensors } from '../../../pipeline/files/safetensors/safetensors-writer.ts';
import type { ModelConfig } from '../../../pipeline/model/model.ts';
import { type FloatTensor, float32 } from '../../../pipeline/numbers/tensor.ts';
import { listSaes, loadSaes } from '../../../pipeline/sae/formats/sae-dir.ts';
import { npy } from '../../files/npy.ts';
import { temporaryFolder } from '../../files/temporary-folder.ts';
import { gpt2Conventions } from '../../model/gpt2-conventions.ts';

const model: ModelConfig = {
  ...gpt2Conventions,
  nLayers: 3,
  nHeads: 2,
  nKvHeads: 2,
  dHead: 2,
  dModel: 4,
  dMlp: 16,
  nContext: 8,
  vocabSize: 5,
  bosTokenId: 0,
  eosTokenId: 0,
  tiedEmbedding: true,
};

const weights = {
  W_enc: float32([4, 2], Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8)),
  b_enc: float32([2], Float32Array.of(0.5, -1)),
  W_dec: float32([2, 4], Float32Array.of(3, 0, 4, 0, 0, 0, 0, 0.5)),
  b_dec: float32([4], Float32Array.of(1, 1, 2, 2)),
};

function cfg(layer: number, fields: Readonly<Record<string, unknown>> = {}) {
  return {
    d_in: 4,
    d_sae: 2,
    dtype: 'float32',
    hook_name: `blocks.${layer}.attn.hook_z`,
    hook_layer: layer,
    ...fields,
  };
}

async function saeFolder(
  saes: Readonly<Record<string, unknown>>,
  tensors: Readonly<Record<string, FloatTensor>> = weights,
): Promise<string> {
  const dir = await temporaryFolder();
  for (const [name, json] of Object.entries(saes)) {
    await mkdir(join(dir, name), { recursive: true });
    await writeFile(join(dir, name, 'cfg.json'), JSON.stringify(json));
    await writeSafetensors(join(dir, name, 'sae_weights.safetensors'), tensors);
  }
  return dir;
}

function npyEntries(tensors: Readonly<Record<string, FloatTensor>>) {
  const entries = Object.entries(tensors).map(([name, { shape, data }]) => [
    `${name}.npy`,
    npy('<f4', `(${shape.join(', ')},)`, data),
  ]);
  return Object.fromEntries(entries);
}

const load = async (json: unknown, tensors?: Readonly<Record<string, FloatTensor>>) =>
  loadSaes(await saeFolder({ sae: json }, tensors), model);

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

test('the old names, the flat fields and the metadata of SAELens mean the same', async () => {
  const { hook_name, hook_layer, ...sizes } = cfg(1, { apply_b_dec_to_input: false });
  const spellings = [
    {
      ...sizes,
      architecture: null,
      hook_name,
      ...{ k: null, activation_fn_kwargs: { k: null }, rescale_acts_by_decoder_norm: null, metadata: null },
    },
    {
      ...sizes,
      hook_point: hook_name,
      hook_point_layer: hook_layer,
      hook_point_head_index: null,
      normalize_activations: false,
    },
    {
      ...sizes,
      architecture: 'standard',
      activation_fn_str: 'relu',
      hook_name,
      hook_layer,
      normalize_activations: null,
    },
    { ...sizes, architecture: 'standard', metadata: { hook_name, hook_head_index: null, sae_lens_version: '6.12.1' } },
  ];
  for (const json of spellings) {
    expect((await load(json))[0]).toMatchObject({ layer: 1, activation: { kind: 'relu' }, subtractDecoderBias: false });
  }
});

test('a jumprelu sae carries its threshold, one below zero as zero', async () => {
  const threshold = float32([2], Float32Array.of(0.25, -3));
  const [sae] = await load(cfg(0, { architecture: 'jumprelu' }), { ...weights, threshold });
  expect(sae?.activation).toEqual({ kind: 'jumprelu', threshold: float32([2], Float32Array.of(0.25, 0)) });
  await expect(load(cfg(0, { architecture: 'jumprelu' }))).rejects.toThrow(
    /^missing tensor: threshold, expected \[2\]/,
  );
});

test('a topk sae has its k from either place', async () => {
  const expected = [{ activation: { kind: 'topk', k: 2 } }];
  expect(await load(cfg(0, { architecture: 'topk', k: 2 }))).toMatchObject(expected);
  expect(await load(cfg(0, { activation_fn_str: 'topk', activation_fn_kwargs: { k: 2 } }))).toMatchObject(expected);
  await expect(load(cfg(0, { architecture: 'topk' }))).rejects.toThrow(/^missing k of a topk sae/);
  await expect(load(cfg(0, { architecture: 'topk', k: 3 }))).rejects.toThrow(/^k is 3, expected at most d_sae 2/);
});

test('decoder norms are folded into a topk sae that asks for it', async () => {
  const [sae] = await load(cfg(0, { architecture: 'topk', k: 1, rescale_acts_by_decoder_norm: true }));
  expect([...(sae?.wDec.data ?? [])]).toEqual([Math.fround(0.6), 0, Math.fround(0.8), 0, 0, 0, 0, 1]);
  expect([...(sae?.wEnc.data ?? [])]).toEqual([5, 1, 15, 2, 25, 3, 35, 4]);
  expect([...(sae?.bEnc.data ?? [])]).toEqual([2.5, -0.5]);
});

test.each(['scaling_factor', 'finetuning_scaling_factor'])(
  '%s is folded into the decoder as its flag says',
  async (name) => {
    const tensors = (...values: number[]) => ({ ...weights, [name]: float32([2], Float32Array.from(values)) });
    const scaled = cfg(0, { finetuning_scaling_factor: true });
    const [sae] = await load(scaled, tensors(2, 10));
    expect([...(sae?.wDec.data ?? [])]).toEqual([6, 0, 8, 0, 0, 0, 0, 5]);
    for (const flag of [{ finetuning_scaling_factor: false }, { finetuning_scaling_factor: null }, {}]) {
      expect(await load(cfg(0, flag), tensors(1, 1))).toMatchObject([{ wDec: weights.W_dec }]);
      await expect(load(cfg(0, flag), tensors(1, 10))).rejects.toThrow(
        /^(finetuning_)?scaling_factor holds values other/,
      );
    }
    await expect(load(scaled)).rejects.toThrow(/^missing tensor: finetuning_scaling_factor/);
  },
);

test('what an SAE was trained on is kept', async () => {
  const training = async (fields: Readonly<Record<string, unknown>>) =>
    (await listSaes(await saeFolder({ sae: cfg(0, fields) })))[0]?.config.training;
  expect(await training({})).toEqual({ modelName: undefined, contextSize: undefined, notes: [] });
  expect(await training({ model_name: 'gpt2', context_size: 128, prepend_bos: true })).toEqual({
    ...{ modelName: 'gpt2', contextSize: 128, prependBos: true, notes: [] },
  });
  expect(await training({ metadata: { model_name: 'gpt2', context_size: 64, prepend_bos: false } })).toMatchObject({
    ...{
      modelName: 'gpt2',
      contextSize: 64,
      prependBos: false,
      notes: [],
    },
  });
  for (const slice of [[null], [], [0, null], [null, null, null], [null, 8], [-8, null, 1], null]) {
    expect((await training({ context_size: 8, seqpos_slice: slice }))?.notes).toEqual([]);
  }
  expect((await training({ seqpos_slice: [1, null] }))?.notes).toMatchObject([/^trained without position 0/]);
  expect((await training({ exclude_special_tokens: true }))?.notes).toMatchObject([/^trained without special tokens/]);
  expect((await training({ exclude_special_tokens: true }))?.excludedTokens).toBe('special');
  expect((await training({ exclude_special_tokens: [3, 5] }))?.notes).toMatchObject([/^trained without tokens 3, 5/]);
  expect((await training({ exclude_special_tokens: [3, 5] }))?.excludedTokens).toEqual([3, 5]);
  expect((await training({ exclude_special_tokens: [] }))?.notes).toEqual([]);
});

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

test('a threshold that the config leaves unused is refused, and one of zeros is not', async () => {
  const tensors = (value: number) => ({ ...weights, threshold: float32([2], Float32Array.of(0, value)) });
  await expect(load(cfg(0), tensors(0.5))).rejects.toThrow(
    /^a threshold beside a relu sae, expected architecture jumprelu/,
  );
  await expect(load(cfg(0, { architecture: 'topk', k: 1 }), tensors(0.5))).rejects.toThrow(
    /^a threshold beside a topk/,
  );
  expect(await load(cfg(0), tensors(0))).toMatchObject([{ activation: { kind: 'relu' } }]);
});

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

test('a config that Python wrote with numbers that are none is read where nothing depends on them', async () => {
  const json = JSON.stringify(cfg(0, { l1_warm_up: 'INFINITY', lr_end: 'NAN' }));
  const dir = await saeFolder({ sae: cfg(0) });
  await writeFile(join(dir, 'sae/cfg.json'), json.replace('"INFINITY"', 'Infinity').replace('"NAN"', 'NaN'));
  expect(await loadSaes(dir, model)).toMatchObject([{ layer: 0, wEnc: weights.W_enc }]);
  await writeFile(join(dir, 'sae/cfg.json'), JSON.stringify(cfg(0)).replace('"d_sae":2', '"d_sae":Infinity'));
  await expect(listSaes(dir)).rejects.toThrow(/^malformed sae config: d_sae: /);
});
