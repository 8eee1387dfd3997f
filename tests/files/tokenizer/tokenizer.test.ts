import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createTokenizer, type Tokenizer } from '../../../pipeline/files/tokenizer/tokenizer.ts';
import { tokenizerSchema } from '../../../pipeline/files/tokenizer/tokenizer-json.ts';
import { tokenizerJson, vocab } from '../tiny-tokenizer.ts';

const fixtures = fileURLToPath(new URL('../../fixtures/tokenizers/', import.meta.url));
const readFixture = (name: string) => JSON.parse(readFileSync(join(fixtures, `${name}.json`), 'utf8'));
const kinds = readdirSync(fixtures).flatMap((name) => /^(.+)\.json$/.exec(name)?.[1] ?? []);

function open(json: unknown, marks = { bosTokenId: 0, eosTokenId: 0 }): Tokenizer {
  const parts = { tokenizer: tokenizerSchema.parse(json), added: [], special: [] };
  return createTokenizer(parts, { file: 'tokenizer.json', folder: 'model' }, marks);
}

test.each(kinds.filter((name) => name !== 'texts'))(
  "hostile text gets the ids of Hugging Face's library: %s",
  (kind) => {
    const texts: string[] = readFixture('texts');
    const { tokenizer, ids } = readFixture(kind);
    const { encode } = open(tokenizer);
    expect(texts).toHaveLength(ids.length);
    for (const [i, text] of texts.entries()) expect([...encode(text)], JSON.stringify(text)).toEqual(ids[i]);
  },
);

test('white space is what Unicode says it is, whatever JavaScript takes for it', () => {
  const { encode } = open(tokenizerJson);
  const space = [vocab.Ġ, ...encode('hello')];
  // U+0085 is white space: a space before it is a word of its own with it, and not part of the word after.
  expect([...encode(' \u0085hello')]).toEqual([vocab.Ġ, 0xc2, 0x85, vocab.hello].map((id) => id ?? -1));
  expect(space).toHaveLength(2);
});

const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true };
const split = (Regex: string) => ({ type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false });
const [added] = tokenizerJson.added_tokens;

test.each([
  [{ normalizer: { type: 'Precompiled', precompiled_charsmap: 'AA' } }, 'normalizer Precompiled, expected NFC, NFD,'],
  [{ normalizer: { type: 'Sequence', normalizers: [{ type: 'Nmt' }] } }, 'normalizer.0 Nmt, expected'],
  [{ normalizer: { type: 'NFC', form: 'D' } }, 'normalizer.form: '],
  [{ pre_tokenizer: { type: 'BertPreTokenizer' } }, 'pre_tokenizer BertPreTokenizer, expected ByteLevel, Split,'],
  [{ pre_tokenizer: { ...byteLevel, lang: 'en' } }, 'pre_tokenizer.lang: '],
  [{ pre_tokenizer: { type: 'ByteLevel' } }, 'pre_tokenizer.add_prefix_space: '],
  [{ pre_tokenizer: { ...split('a'), behavior: 'Odd' } }, 'pre_tokenizer.behavior: '],
  [{ pre_tokenizer: split('(?<=a)b') }, 'pattern (?<=a)b: unknown group (?<'],
  [{ pre_tokenizer: split('(a)\\1') }, 'pattern (a)\\1: unknown escape \\1'],
  [{ pre_tokenizer: split('a*') }, 'pattern a*: it matches the empty text'],
  [{ pre_tokenizer: split('(?>a|ab)c') }, 'pattern (?>a|ab)c: unknown group (?>'],
  [{ pre_tokenizer: split('\\d{1,3}(?=(?:\\d{3})*\\b)') }, 'unknown escape \\b'],
  [{ pre_tokenizer: split('a++ab') }, 'a possessive repetition that a greedy one differs from'],
  [{ model: { ...tokenizerJson.model, type: 'Unigram' } }, 'model Unigram, expected BPE'],
  [{ model: { ...tokenizerJson.model, dropout: 0.1 } }, 'model.dropout: merges left out at random'],
  [{ model: { ...tokenizerJson.model, cache: 3 } }, 'model.cache: '],
  [{ model: { ...tokenizerJson.model, unk_token: '<unk>' } }, 'unknown token is not in the vocabulary: <unk>'],
  [{ model: { ...tokenizerJson.model, merges: ['h zz'] } }, 'part of a merge is not in the vocabulary: zz'],
  [{ model: { ...tokenizerJson.model, merges: ['h e l'] } }, 'malformed merge: h e l, expected two tokens'],
])('a part that cannot be done exactly is refused by name: %j', (part, message) => {
  expect(() => open({ ...tokenizerJson, ...part })).toThrow(message);
});

test('an added token whose id is not the one it gets is refused', () => {
  const json = { ...tokenizerJson, added_tokens: [{ ...added, content: '<new>', id: 300 }] };
  expect(() => open(json)).toThrow('added token "<new>" has id 300, expected 266 (tokenizer.json)');
});

test('no pattern takes longer than the text is long', () => {
  const hostile = `${'a'.repeat(20_000)}!`;
  const quick = open({ ...tokenizerJson, pre_tokenizer: split('(?:a|a?a)+b|!') });
  expect(() => quick.encode(hostile)).toThrow(/^pattern takes too long on a text: /);
  const fine = open({ ...tokenizerJson, pre_tokenizer: split('(?:a|a?a)+$|[^a]+') });
  expect([...fine.encode('aaa!')]).toEqual([...open(tokenizerJson).encode('aaa!')]);
  const states = open({ ...tokenizerJson, pre_tokenizer: split('(?:a|b)*a(?:a|b){18}c|(?:a|b)+') });
  expect([...states.encode('abbab'.repeat(4000))]).toHaveLength(4000 * 5);
}, 10_000);

test('half a million added tokens need no more than some bytes each', () => {
  const many = Array.from({ length: 400_000 }, (_, i) => ({ ...added, content: `<extra_${i}>`, id: 266 + i }));
  const json = { ...tokenizerJson, added_tokens: [...tokenizerJson.added_tokens, ...many] };
  const before = process.memoryUsage().heapUsed;
  const tokenizer = open(json);
  expect([...tokenizer.encode('<extra_399999>hello<extra_<extra_0>')]).toEqual([
    266 + 399_999,
    vocab.hello,
    ...open(tokenizerJson).encode('<extra_'),
    266,
  ]);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(400e6);
});

test.each(['gpt2', 'gpt2-prefix-space', 'llama3', 'metaspace-always', 'metaspace-first', 'gpt4o', 'deepseek'])(
  'a long text cut at a space between letters gets the ids of the whole: %s',
  (kind) => {
    const { encode } = open(readFixture(kind).tokenizer);
    const text = "The cat sat!\n\non the mat, they've 1234 THE  one";
    const cuts = [...text.matchAll(/(?<=[a-z]) (?=[a-z])/gi)];
    expect(cuts).toHaveLength(4);
    for (const { index } of cuts) {
      const pieces = [...encode(text.slice(0, index)), ...encode(text.slice(index), true)];
      expect(pieces).toEqual([...encode(text)]);
    }
  },
);
