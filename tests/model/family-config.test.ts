import { expect, test } from 'vitest';
import { readModelConfig } from '../../pipeline/files/model/model-dir.ts';
import { temporaryFolder } from '../files/temporary-folder.ts';

const decoder = {
  ...{ num_hidden_layers: 4, num_attention_heads: 4, num_key_value_heads: 2, hidden_size: 16, intermediate_size: 24 },
  ...{ max_position_embeddings: 32, vocab_size: 50 },
};
const neo = { num_layers: 4, num_heads: 2, hidden_size: 8, vocab_size: 50 };
const lens = {
  ...{ n_layers: 1, d_model: 8, n_heads: 2, d_head: 4, d_mlp: 32, n_ctx: 16, d_vocab: 50 },
  ...{ act_fn: 'gelu', normalization: 'LN', attn_only: false },
};
const read = async (fields: Readonly<Record<string, unknown>>) =>
  (await readModelConfig(await temporaryFolder({ 'config.json': fields }))).config;
const sliding = ['sliding_attention', 'full_attention', 'full_attention', 'sliding_attention'];
const rope = { rope_theta: 100, rope_local_base_freq: 10, rope_scaling: { rope_type: 'linear', factor: 8 } };

test.each([
  ['mistral says nothing', { model_type: 'mistral', ...decoder }, [4096, 4096, 4096, 4096]],
  ['mistral says null', { model_type: 'mistral', ...decoder, sliding_window: null }, null],
  ['qwen2 does not use its', { model_type: 'qwen2', ...decoder, sliding_window: 8, use_sliding_window: false }, null],
  [
    'qwen2 has them from a layer on',
    { model_type: 'qwen2', ...decoder, sliding_window: 8, use_sliding_window: true, max_window_layers: 3 },
    [null, null, null, 8],
  ],
  [
    'qwen3 names its layers',
    { model_type: 'qwen3', ...decoder, sliding_window: 8, use_sliding_window: true, layer_types: sliding },
    [8, null, null, 8],
  ],
  ['gemma2 has them in every other layer', { model_type: 'gemma2', ...decoder }, [4096, null, 4096, null]],
  ['gemma2 names its layers', { model_type: 'gemma2', ...decoder, layer_types: sliding }, [4096, null, null, 4096]],
  [
    'gemma3_text has a pattern',
    { model_type: 'gemma3_text', ...decoder, sliding_window: 6, sliding_window_pattern: 2 },
    [6, null, 6, null],
  ],
  ['gemma3_text has five to one', { model_type: 'gemma3_text', ...decoder, sliding_window: 6 }, [6, 6, 6, 6]],
  [
    'gpt_neo lists kinds',
    { model_type: 'gpt_neo', ...neo, attention_types: [[['global', 'local'], 2]], window_size: 4 },
    [null, 4, null, 4],
  ],
  ['gpt_neo has none', { model_type: 'gpt_neo', ...neo, attention_types: [[['global'], 4]] }, null],
])('windows where %s', async (_, fields, windows) => {
  expect((await read(fields)).windows).toEqual(windows);
});

test('what a Gemma 3 leaves out is as its implementation has it, and its decoder may be nested', async () => {
  const text = { model_type: 'gemma3_text', hidden_size: 2560, num_hidden_layers: 34, sliding_window: 1024, ...rope };
  const config = await read({ model_type: 'gemma3', text_config: text, vision_config: {} });
  expect(config).toMatchObject({ nHeads: 8, nKvHeads: 4, dHead: 256, dMlp: 9216, vocabSize: 262208, epsilon: 1e-6 });
  expect(config).toMatchObject({
    tiedEmbedding: true,
    embeddingScale: Math.fround(Math.sqrt(2560)),
    attentionScale: 1 / 16,
  });
  expect(config.windows?.slice(3, 8)).toEqual([1024, 1024, null, 1024, 1024]);
});

test('a Gemma 3 turns layers with a window by a θ of their own, in older and in newer configs', async () => {
  const newer = {
    full_attention: { rope_type: 'linear', rope_theta: 100, factor: 8 },
    sliding_attention: { rope_type: 'default', rope_theta: 10 },
  };
  const sizes = { model_type: 'gemma3_text', ...decoder, head_dim: 4, layer_types: sliding };
  const [from, to] = await Promise.all([read({ ...sizes, ...rope }), read({ ...sizes, rope_parameters: newer })]);
  expect(from.rotary).toEqual(to.rotary);
  const [local, full] = Array.isArray(to.rotary) ? to.rotary : [];
  expect(local?.frequencies).toEqual([1, expect.closeTo(10 ** -0.5, 6)]);
  expect(full?.frequencies).toEqual([1 / 8, expect.closeTo(0.1 / 8, 6)]);
});

test.each([
  [{ hidden_act: 'gelu' }, 'gelu_new'],
  [{ hidden_act: 'gelu', hidden_activation: null }, 'gelu_new'],
  [{ hidden_act: 'gelu', hidden_activation: 'gelu_pytorch_tanh' }, 'gelu_new'],
  [{ hidden_act: 'gelu', hidden_activation: 'silu' }, 'silu'],
])('a Gemma of %j computes %s', async (fields, activation) => {
  expect((await read({ model_type: 'gemma', ...decoder, ...fields })).activation).toBe(activation);
});

test.each([
  ['unsupported model_type: mixtral (mixture of experts), expected gpt2, ', { model_type: 'mixtral' }],
  ['unsupported model_type: qwen3_next (hybrid or linear attention), expected gpt2, ', { model_type: 'qwen3_next' }],
  ['unsupported model_type: bloom (ALiBi positions), expected gpt2, ', { model_type: 'bloom' }],
  ['unsupported model_type: toString, expected gpt2, ', { model_type: 'toString' }],
  ['missing model_type, expected gpt2, ', { n_layer: 2 }],
  [
    'unsupported layer type: linear_attention, expected full_attention or sliding_attention',
    { model_type: 'qwen3', ...decoder, layer_types: ['linear_attention', ...sliding.slice(1)] },
  ],
  [
    'invalid layer_types: 4 of them, expected one of each of 3 layers',
    { model_type: 'gemma2', ...decoder, num_hidden_layers: 3, layer_types: sliding },
  ],
  [
    'invalid sliding_window: null, expected a size',
    { model_type: 'qwen2', ...decoder, use_sliding_window: false, layer_types: sliding },
  ],
  ['invalid layer_types: ', { model_type: 'mistral', ...decoder, layer_types: sliding }],
  [
    'invalid use_bidirectional_attention: true, ',
    { model_type: 'gemma3_text', ...decoder, use_bidirectional_attention: true },
  ],
  [
    'invalid attn_logit_softcapping: 50, expected null',
    { model_type: 'gemma3_text', ...decoder, attn_logit_softcapping: 50 },
  ],
  [
    'invalid text_config.final_logit_softcapping: 30, expected null',
    { model_type: 'gemma3', text_config: { final_logit_softcapping: 30 } },
  ],
  ['invalid rotary dimensions: 1, expected an even number', { model_type: 'gpt_neox', ...decoder }],
  ['invalid attention_types: 24 layers, expected one for each of 4', { model_type: 'gpt_neo', ...neo }],
  ['invalid shortformer_pos: true, expected false', { ...lens, shortformer_pos: true }],
  ['invalid positional_embedding_type: rotary, expected standard', { ...lens, positional_embedding_type: 'rotary' }],
  ['missing normalization', { ...lens, normalization: undefined }],
  ['invalid act_fn: quick_gelu, expected gelu, ', { ...lens, act_fn: 'quick_gelu' }],
  [
    'invalid scale_attn_weights: false, expected true',
    { model_type: 'gpt2', scale_attn_weights: false, ...gpt2Sizes() },
  ],
])('%s …', async (message, fields) => {
  const refused = read(fields);
  await expect(refused).rejects.toThrow(message);
  await expect(refused).rejects.toThrow(/\(\S+config\.json\)$/);
});

function gpt2Sizes() {
  return { n_layer: 1, n_head: 2, n_embd: 8, n_positions: 16, vocab_size: 50 };
}

test('a model of attention alone has no MLP, whatever its config says of one', async () => {
  const config = await read({ ...lens, attn_only: true, d_mlp: -1, act_fn: null });
  expect(config).toMatchObject({ modelType: 'transformer_lens', dMlp: 0, mlpInnerNorm: false });
});
