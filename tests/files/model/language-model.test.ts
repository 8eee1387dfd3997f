import { expect, test } from 'vitest';
import { loadLanguageModel } from '../../../pipeline/files/model/language-model.ts';
import { tinyConfig, tinyModelFolder, tinyWeights } from '../tiny-model.ts';

const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
/** Names the first four of the model's five rows. */
const tokenizer = {
  added_tokens: [{ id: 3, content: '<end>', ...flags }],
  model: { type: 'BPE', vocab: { a: 0, b: 1, c: 2, '<end>': 3 }, merges: [] },
};

const load = async (config: Readonly<Record<string, unknown>>, json: Readonly<Record<string, unknown>> = {}) =>
  loadLanguageModel(
    await tinyModelFolder(
      { 'model.safetensors': tinyWeights() },
      { 'config.json': { ...tinyConfig, ...config }, 'tokenizer.json': tokenizer, ...json },
    ),
  );

test('rows that no token names are not of the vocabulary', async () => {
  const { model } = await load({});
  expect([...(model.vocabulary ?? [])]).toEqual([0, 1, 2, 3]);
  expect(model.config.vocabSize).toBe(5);
});

test('model and tokenizer have one beginning of sequence: the tokenizer names it, or config.json does', async () => {
  const marks = async (...files: Parameters<typeof load>) => {
    const { model, tokenizer: read } = await load(...files);
    expect([model.config.bosTokenId, model.config.eosTokenId]).toEqual([read.bosTokenId, read.eosTokenId]);
    return [read.bosTokenId, read.eosTokenId, read.notes.length];
  };
  const named = { 'tokenizer_config.json': { bos_token: '<end>', eos_token: '<end>' } };
  expect(await marks({ bos_token_id: 0, eos_token_id: 0 }, named)).toEqual([3, 3, 2]);
  expect(await marks({ bos_token_id: 3, eos_token_id: 3 }, named)).toEqual([3, 3, 0]);
  expect(await marks({ bos_token_id: 1, eos_token_id: 2 })).toEqual([1, 2, 0]);
  // A row that only pads is no beginning.
  expect(await marks({ bos_token_id: 4, eos_token_id: 2 })).toEqual([2, 2, 0]);
});

test('a beginning of sequence that the model has no row for is refused', async () => {
  const named = (config: unknown) => load({}, { 'tokenizer_config.json': config });
  expect((await named({ bos_token: '<new>', eos_token: 'a' })).tokenizer.bosTokenId).toBe(4);
  await expect(named({ bos_token: 'a', eos_token: '<new>', pad_token: '<pad>' })).resolves.toBeDefined();
  await expect(named({ bos_token: '<new>', eos_token: '<newer>' })).rejects.toThrow(
    /^"<newer>" has token id 5, expected one of the model's 5 \(/,
  );
});
