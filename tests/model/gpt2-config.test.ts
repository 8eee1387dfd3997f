import { expect, test } from 'vitest';
import { gpt2 } from '../../pipeline/model/families/gpt2.ts';

const sizes = { n_layer: 2, n_head: 2, n_embd: 8, n_positions: 16, vocab_size: 50 };
const parsed = (fields: Readonly<Record<string, unknown>>) => gpt2.parseConfig({ ...sizes, ...fields }, 'config.json');

test.each([
  ['gelu_new', 'gelu_new'],
  ['gelu_pytorch_tanh', 'gelu_new'],
  ['gelu_fast', 'gelu_new'],
  ['gelu_accurate', 'gelu_new'],
  ['gelu', 'gelu'],
  ['gelu_python', 'gelu'],
  ['relu', 'relu'],
  ['silu', 'silu'],
])('the activation %s is computed as %s', (name, formula) => {
  expect(parsed({ activation_function: name }).activation).toBe(formula);
});

test('an activation of another formula is refused', () => {
  for (const name of ['quick_gelu', 'gelu_10', 'toString']) {
    expect(() => parsed({ activation_function: name })).toThrow(/^invalid activation_function: /);
  }
});

test.each([
  [{}, [49, 49]],
  [{ bos_token_id: null, eos_token_id: null }, [49, 49]],
  [{ bos_token_id: null, eos_token_id: 7 }, [7, 7]],
  [{ bos_token_id: 3, eos_token_id: [7, 8] }, [3, 7]],
  [{ bos_token_id: -1, eos_token_id: [] }, [49, 49]],
])('%j gives the ids %j', (fields, [bos, eos]) => {
  expect(parsed(fields)).toMatchObject({ bosTokenId: bos, eosTokenId: eos });
});

test('sizes are known by their general names as well', () => {
  const { n_layer, n_head, n_embd, n_positions, vocab_size } = sizes;
  const names = { num_hidden_layers: n_layer, num_attention_heads: n_head, hidden_size: n_embd };
  expect(gpt2.parseConfig({ ...names, max_position_embeddings: n_positions, vocab_size }, 'config.json')).toEqual(
    parsed({}),
  );
});
