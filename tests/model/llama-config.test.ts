import { expect, test } from 'vitest';
import { llama } from '../../pipeline/model/families/llama.ts';
import type { Rotary } from '../../pipeline/model/model.ts';
import { rotaryOf } from '../../pipeline/model/rotary.ts';

const sizes = {
  ...{ num_hidden_layers: 2, num_attention_heads: 4, num_key_value_heads: 2, hidden_size: 16, intermediate_size: 24 },
  ...{ max_position_embeddings: 32, vocab_size: 50, rms_norm_eps: 1e-5 },
};
const parsed = (fields: Readonly<Record<string, unknown>>) => llama.parseConfig({ ...sizes, ...fields }, 'config.json');
const frequencies = (fields: Readonly<Record<string, unknown>>): Rotary['frequencies'] =>
  rotaryOf(parsed(fields), 0)?.frequencies ?? [];
/** θ, out of the second of two frequencies: θ^(−2/4). */
const thetaOf = (fields: Readonly<Record<string, unknown>>) => (frequencies(fields)[1] ?? 0) ** -2;

test.each([
  [{}, 10000],
  [{ rope_theta: 500000, rope_scaling: null }, 500000],
  [{ rope_parameters: { rope_type: 'default', rope_theta: 100000 } }, 100000],
  [{ rope_theta: 500, rope_scaling: { type: 'default' } }, 500],
  [{ rope_theta: 500, rope_scaling: { type: 'dynamic', factor: 4 } }, 500],
])('of %j θ is %d', (fields, theta) => {
  expect(thetaOf(fields) / theta).toBeCloseTo(1, 5);
});

test.each([{ type: 'linear' }, { rope_type: 'linear' }])('%j divides every frequency by its factor', (type) => {
  const scaled = frequencies({ rope_theta: 100, rope_scaling: { ...type, factor: 4 } });
  expect(scaled.map((frequency) => 1 / frequency)).toEqual([4, expect.closeTo(40, 4)]);
});

test('llama3’s original context may stand beside its fields, and is refused where it stands there as another', () => {
  const rope_scaling = { rope_type: 'llama3', factor: 8, low_freq_factor: 1, high_freq_factor: 4 };
  const inner = { ...rope_scaling, original_max_position_embeddings: 12 };
  const outer = { original_max_position_embeddings: 12 };
  const wanted = frequencies({ rope_theta: 100, rope_scaling: inner });
  expect(frequencies({ rope_theta: 100, rope_scaling, ...outer })).toEqual(wanted);
  expect(frequencies({ rope_theta: 100, rope_scaling: inner, ...outer })).toEqual(wanted);
  expect(() => frequencies({ rope_scaling: inner, original_max_position_embeddings: 16 })).toThrow(
    'original_max_position_embeddings is 16, expected 12 as in rope_scaling, or one of them alone (config.json)',
  );
});

test('llama3 divides slow frequencies, keeps fast ones, and goes from one to the other between', () => {
  const scaling = { rope_type: 'llama3', factor: 8, low_freq_factor: 1, high_freq_factor: 4 };
  const of = (original: number) =>
    frequencies({ rope_theta: 100, rope_scaling: { ...scaling, original_max_position_embeddings: original } });
  expect(of(1000)).toEqual([1, expect.closeTo(0.1, 6)]);
  expect(of(6)).toEqual([expect.closeTo(1 / 8, 6), expect.closeTo(0.1 / 8, 6)]);
  const between = (2 / ((2 * Math.PI) / 6) - 1) / 3;
  expect(of(12)[0]).toBeCloseTo((1 - between) / 8 + between, 6);
});

test('llama3 gives Llama 3.1 the frequencies of transformers, between slow and fast ones, to the bit', () => {
  const scaling = { rope_type: 'llama3', factor: 8, low_freq_factor: 1, high_freq_factor: 4 };
  const rope_scaling = { ...scaling, original_max_position_embeddings: 8192 };
  const [from, all] = [28, frequencies({ head_dim: 128, rope_theta: 500000, rope_scaling })];
  const expected = [
    0.0032114461064338684, 0.0021665706299245358, 0.0013718936825171113, 0.0008567514596506953, 0.0005248460220173001,
    0.0003126936499029398, 0.0001785077911335975, 9.556212171446532e-5, 7.784655463183299e-5,
  ];
  expect(all.slice(from, from + expected.length)).toEqual(expected);
});

test.each([
  ['unsupported rope type: yarn, expected default, linear', { rope_scaling: { type: 'yarn', factor: 2 } }],
  ['missing rope_scaling.low_freq_factor, which', { rope_scaling: { rope_type: 'llama3', factor: 8 } }],
  ['missing rope_parameters.factor, which', { rope_parameters: { rope_type: 'linear', rope_theta: 1e4 } }],
  [
    'invalid rope_parameters.partial_rotary_factor: 0.5, expected 1',
    { rope_parameters: { rope_theta: 1e4, partial_rotary_factor: 0.5 } },
  ],
  ['invalid partial_rotary_factor: 0.25, expected 1', { partial_rotary_factor: 0.25 }],
  ['invalid sliding_window: 16, expected null', { sliding_window: 16 }],
  ['invalid attention_bias: yes, expected boolean', { attention_bias: 'yes' }],
  ['invalid hidden_act: quick_gelu, expected gelu_new, ', { hidden_act: 'quick_gelu' }],
  ['invalid vocab_size: -3, expected more than 0', { vocab_size: -3 }],
  ['missing vocab_size', { vocab_size: undefined }],
  ['invalid head_dim: 3, expected an even number', { head_dim: 3 }],
  ['invalid num_key_value_heads: 3, expected a divisor of 4', { num_key_value_heads: 3 }],
  ['unsupported quantization: awq, expected weights', { quantization_config: { quant_method: 'awq', bits: 4 } }],
])('%s …', (message, fields) => {
  const refused = () => parsed(fields);
  expect(refused).toThrow(message);
  expect(refused).toThrow(/\(config\.json\)$/);
});

test('the first of several end tokens is taken, as of a GPT-2', () => {
  expect(parsed({ bos_token_id: 3, eos_token_id: [7, 8] })).toMatchObject({ bosTokenId: 3, eosTokenId: 7 });
});
