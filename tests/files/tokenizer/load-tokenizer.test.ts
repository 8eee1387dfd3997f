import { join } from 'node:path';
import { Tokenizer as Library } from '@huggingface/tokenizers';
import { expect, test } from 'vitest';
import { loadTokenizer } from '../../../pipeline/files/tokenizer/load-tokenizer.ts';
import { bytesOfByteLevel, bytesOfSentencePiece, displayText } from '../../../pipeline/files/tokenizer/token-bytes.ts';
import { checkTokenIds } from '../../../pipeline/files/tokenizer/token-ids.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { endOfText, tokenizerJson, vocab, vocabFiles } from '../tiny-tokenizer.ts';

const fromJson = async () => loadTokenizer(await temporaryFolder({ 'tokenizer.json': tokenizerJson }));
const fromVocab = async () => loadTokenizer(await temporaryFolder(vocabFiles));

/** Pieces that trouble tokenizers; the texts are drawn from them by a fixed generator. */
const pieces = [
  ' ',
  '  ',
  '\n',
  '\r\n',
  '\t',
  "'s",
  "'ll",
  "'",
  'hello',
  'Hello',
  'aaaa',
  'aaa',
  '12',
  '!?',
  '<|endoftext|>',
  '<|endof',
  '東',
  '文',
  'é',
  'e\u0301',
  '🤯',
  '👩‍👧',
  '\u00a0',
  '\u2028',
  '\u0000',
  '\uFEFF',
  '\ud800',
  '\u3000',
  '<script>',
  '١٢',
];

function hostileTexts(count: number): string[] {
  let state = 1;
  const next = (below: number) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
  return Array.from({ length: count }, () =>
    Array.from({ length: next(30) }, () => pieces[next(pieces.length)]).join(''),
  );
}

test('merges are applied within words, and the text of a special token is its id', async () => {
  const tokenizer = await fromJson();
  const ids = tokenizer.encode('hello hello<|endoftext|> w');
  expect([...ids]).toEqual(['hello', 'Ġhello', '<|endoftext|>', 'Ġw'].map((token) => vocab[token]));
  expect([...tokenizer.encode('')]).toEqual([]);
});

test('text gets the ids that the npm library gives', async () => {
  const tokenizer = await fromJson();
  const library = new Library(tokenizerJson, {});
  for (const text of [...hostileTexts(2000), ...pieces, 'a'.repeat(300), ' '.repeat(300)]) {
    expect([...tokenizer.encode(text)]).toEqual(library.encode(text, { add_special_tokens: false }).ids);
  }
});

test('a tokenizer that adds a space before the text adds it', async () => {
  const json = { ...tokenizerJson, pre_tokenizer: { ...tokenizerJson.pre_tokenizer, add_prefix_space: true } };
  const tokenizer = await loadTokenizer(await temporaryFolder({ 'tokenizer.json': json }));
  expect([...tokenizer.encode('hello')]).toEqual([vocab.Ġhello]);
});

test('vocab.json and merges.txt make the same tokenizer as tokenizer.json', async () => {
  const [a, b] = [await fromJson(), await fromVocab()];
  expect([b.vocabSize, b.bosTokenId, b.eosTokenId]).toEqual([endOfText + 1, endOfText, endOfText]);
  expect([a.vocabSize, a.bosTokenId, a.eosTokenId]).toEqual([b.vocabSize, b.bosTokenId, b.eosTokenId]);
  for (const text of hostileTexts(300)) expect([...b.encode(text)]).toEqual([...a.encode(text)]);
});

test('decoding gives the text back, but for what was no text', async () => {
  const tokenizer = await fromJson();
  for (const text of hostileTexts(300)) expect(tokenizer.decode(tokenizer.encode(text))).toBe(text.toWellFormed());
});

test('every token has its bytes, and a text to show', async () => {
  const tokenizer = await fromJson();
  for (let byte = 0; byte < 256; byte++) expect([...tokenizer.tokenBytes(byte)]).toEqual([byte]);
  expect(tokenizer.tokenText(vocab.Ġhello ?? -1)).toBe(' hello');
  expect(tokenizer.tokenText(vocab.æĸ ?? -1)).toBe('\\xE6\\x96');
  expect(tokenizer.tokenText(10)).toBe('\n');
  expect(tokenizer.tokenText(0xe6)).toBe('\\xE6');
  expect(tokenizer.tokenText(endOfText)).toBe('<|endoftext|>');
  expect([...tokenizer.tokenBytes(9999)]).toEqual([]);
});

test('bytes that are no UTF-8 on their own are shown as hexadecimal, the rest as text', () => {
  const shown = (...bytes: number[]) => displayText(Uint8Array.from(bytes));
  expect(shown(0xe6, 0x96, 0x87)).toBe('文');
  expect(shown(0x61, 0xe6, 0x96, 0x62)).toBe('a\\xE6\\x96b');
  expect(shown(0x87, 0xc3, 0xa9, 0xf0, 0x9f)).toBe('\\x87é\\xF0\\x9F');
  expect(shown(0xc0, 0x80, 0xed, 0xa0, 0x80)).toBe('\\xC0\\x80\\xED\\xA0\\x80');
  expect(shown(0xef, 0xbb, 0xbf)).toBe('\uFEFF');
});

test('tokens of both kinds of vocabulary give their bytes', () => {
  expect([...bytesOfByteLevel('Ġé')]).toEqual([0x20, 0xe9]);
  expect([...bytesOfSentencePiece('▁é')]).toEqual([0x20, 0xc3, 0xa9]);
  expect([...bytesOfSentencePiece('<0xE6>')]).toEqual([0xe6]);
});

test('the beginning of sequence is the one that tokenizer_config.json names', async () => {
  const config = { bos_token: { content: 'hello' }, eos_token: '<|endoftext|>' };
  const dir = await temporaryFolder({ 'tokenizer.json': tokenizerJson, 'tokenizer_config.json': config });
  expect(await loadTokenizer(dir)).toMatchObject({ bosTokenId: vocab.hello, eosTokenId: endOfText });
});

test('a tokenizer that cannot be read is one line', async () => {
  const load = async (files: Readonly<Record<string, unknown>>) => loadTokenizer(await temporaryFolder(files));
  await expect(load({})).rejects.toThrow(/^no tokenizer: expected tokenizer.json, or vocab.json and merges.txt \(/);
  await expect(loadTokenizer('no/such')).rejects.toThrow('tokenizer not found: no/such');
  await expect(load({ 'tokenizer.json': '{' })).rejects.toThrow(/^malformed json: /);
  await expect(load({ 'tokenizer.json': {} })).rejects.toThrow(/^malformed tokenizer: model: /);
  await expect(load({ 'tokenizer.json': { ...tokenizerJson, pre_tokenizer: { type: 'Odd' } } })).rejects.toThrow(
    /^unsupported tokenizer: .*Odd/,
  );
  await expect(load({ ...vocabFiles, 'merges.txt': 'h e l\n' })).rejects.toThrow(
    /^malformed merge: h e l, expected two/,
  );
  await expect(load({ ...vocabFiles, 'vocab.json': { a: 0 }, 'merges.txt': '' })).rejects.toThrow(
    /^no special token in the vocabulary: expected <\|endoftext\|>/,
  );
});

test('a token past the vocabulary is one line with its place', () => {
  expect(() => checkTokenIds(Int32Array.of(0, 256), 257, 'a.jsonl:3')).not.toThrow();
  expect(() => checkTokenIds(Int32Array.of(0, 257), 257, 'a.jsonl:3')).toThrow(
    "token id 257 is past the model's vocabulary, expected below 257 (a.jsonl:3)",
  );
});

test('files beside tokenizer.json add their tokens, with the ids they get', async () => {
  const added_tokens_decoder = {
    [endOfText]: { content: '<|endoftext|>', special: true },
    [endOfText + 1]: { content: 'hello hello', lstrip: false, rstrip: false, single_word: false, normalized: true },
  };
  const config = { added_tokens_decoder, pad_token: '<pad>', bos_token: '<|endoftext|>' };
  const dir = await temporaryFolder({ 'tokenizer.json': tokenizerJson, 'tokenizer_config.json': config });
  const { encode, paths } = await loadTokenizer(dir);
  expect([...encode('hello hello<pad>hello')]).toEqual([endOfText + 1, endOfText + 2, vocab.hello]);
  expect(paths).toEqual([join(dir, 'tokenizer.json'), join(dir, 'tokenizer_config.json')]);
});

test('vocab.json and merges.txt take added_tokens.json and special_tokens_map.json with them', async () => {
  const dir = await temporaryFolder({
    ...vocabFiles,
    'added_tokens.json': { '<sep>': endOfText + 2, '<pad>': endOfText + 1 },
    'special_tokens_map.json': { bos_token: '<sep>', pad_token: '<pad>' },
    'tokenizer_config.json': { bos_token: '<pad>', add_prefix_space: true },
  });
  const tokenizer = await loadTokenizer(dir);
  expect([...tokenizer.encode('hello<sep><pad>')]).toEqual([vocab.Ġhello, endOfText + 2, endOfText + 1]);
  expect(tokenizer).toMatchObject({ bosTokenId: endOfText + 2, eosTokenId: endOfText });
});

test('files that contradict each other about text are refused', async () => {
  const load = async (files: Readonly<Record<string, unknown>>) => loadTokenizer(await temporaryFolder(files));
  const withConfig = (config: unknown) => load({ 'tokenizer.json': tokenizerJson, 'tokenizer_config.json': config });
  await expect(withConfig({ add_prefix_space: true })).rejects.toThrow(
    /^tokenizer_config.json's add_prefix_space is true, expected false as in /,
  );
  await expect(withConfig({ split_special_tokens: true })).rejects.toThrow(
    /^malformed tokenizer_config.json: split_special/,
  );
  await expect(load({ ...vocabFiles, 'added_tokens.json': { '<pad>': 999 } })).rejects.toThrow(
    /^added token "<pad>" has id 999, expected 266 \(/,
  );
});

test('a beginning of sequence that the files disagree about is told', async () => {
  const dir = await temporaryFolder({
    'tokenizer.json': tokenizerJson,
    'tokenizer_config.json': { bos_token: 'hello' },
  });
  const { bosTokenId, eosTokenId, notes } = await loadTokenizer(dir, { bosTokenId: endOfText, eosTokenId: endOfText });
  expect([bosTokenId, eosTokenId]).toEqual([vocab.hello, endOfText]);
  expect(notes).toEqual([
    `beginning of sequence: bos_token says "hello" (${vocab.hello}), which counts; config.json's bos_token_id says "<|endoftext|>" (${endOfText})`,
  ]);
});

test('the beginning of sequence is what a post-processor puts in front, where no file names it', async () => {
  const special_tokens = { bos: { id: 'bos', ids: [vocab.hello], tokens: ['hello'] } };
  const template = {
    type: 'TemplateProcessing',
    single: [{ SpecialToken: { id: 'bos', type_id: 0 } }],
    special_tokens,
  };
  const post_processor = { type: 'Sequence', processors: [tokenizerJson.post_processor, template] };
  const load = async (json: unknown, bos: number) =>
    loadTokenizer(await temporaryFolder({ 'tokenizer.json': json }), { bosTokenId: bos });
  expect((await load({ ...tokenizerJson, post_processor }, endOfText)).bosTokenId).toBe(vocab.hello);
  expect((await load(tokenizerJson, 256)).bosTokenId).toBe(256);
  // An id that is no token is not believed.
  expect((await load(tokenizerJson, 9999)).bosTokenId).toBe(endOfText);
});
