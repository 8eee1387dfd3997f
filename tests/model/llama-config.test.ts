import { expect, test } from 'vitest';
import { llama } from '../../pipeline/model/families/llama.ts';
import { rotaryOf } from '../../pipeline/model/rotary.ts';

const sizes = {
  ...{ num_hidden_layers: 2, num_attention_heads: 4, num_key_value_heads: 2, hidden_size: 16, intermediate_size: 24 },
  ...{ max_position_embeddings: 32, vocab_size: 50, rms_norm_eps: 1e-5 },
};
const parsed = (fields: Readonly<Record<string, unknown>>) => llama.parseConfig({ ...sizes, ...fields }, 'config.json');
/** θ, out of the second of two frequencies: θ^(−2/4). */
const thetaOf = (fields: Readonly<Record<string, unknown>>) => (rotaryOf(parsed(fields), 0)?.frequencies[1] ?? 0) ** -2;

test.each([
  [{}, 10000],
  [{ rope_theta: 500000, rope_scaling: null }, 500000],
  [{ rope_parameters: { rope_type: 'default', rope_theta: 100000 } }, 100000],
  [{ rope_theta: 500, rope_scaling: { type: 'default' } }, 500],
])('of %j θ is %d', (fields, theta) => {
  expect(thetaOf(fields)).toBeCloseTo(theta, 3);
});

test.each([
  ['rope_scaling', { rope_scaling: { rope_type: 'llama3', factor: 8 } }],
  ['rope_scaling', { rope_scaling: { type: 'linear', factor: 2 } }],
  ['rope_parameters', { rope_parameters: { rope_type: 'yarn', rope_theta: 1e4 } }],
  ['rope_parameters', { rope_parameters: { rope_theta: 1e4, partial_rotary_factor: 0.5 } }],
  ['partial_rotary_factor', { partial_rotary_factor: 0.25 }],
  ['sliding_window', { sliding_window: 16 }],
  ['attention_bias', { attention_bias: true }],
  ['mlp_bias', { mlp_bias: true }],
  ['hidden_act', { hidden_act: 'quick_gelu' }],
  ['head_dim', { head_dim: 3 }],
  ['num_key_value_heads', { num_key_value_heads: 3 }],
])('%s that is not computed so is refused: %j', (name, fields) => {
  expect(() => parsed(fields)).toThrow(new RegExp(`^invalid ${name}`));
});

test('the first of several end tokens is taken, as of a GPT-2', () => {
  expect(parsed({ bos_token_id: 3, eos_token_id: [7, 8] })).toMatchObject({ bosTokenId: 3, eosTokenId: 7 });
});
