import { Tokenizer } from '@huggingface/tokenizers';
import { expect, test } from 'vitest';
import { countWords, trainBpe, type WordCounts } from '../../pipeline/training/bpe-trainer.ts';
import { byteAlphabet } from '../../pipeline/training/byte-alphabet.ts';
import { tokenizerFiles } from '../../pipeline/training/tokenizer-json.ts';

const text = 'the cat sat on the mat, the cat ran\n    the naïve café isn\'t 東京 42 "the" <b>';

function trained(size: number) {
  const counts: WordCounts = new Map();
  countWords(text, counts);
  return trainBpe(counts, size);
}

function open(size: number): Tokenizer {
  const files = JSON.parse(JSON.stringify(tokenizerFiles(trained(size), 32)));
  return new Tokenizer(files['tokenizer.json'], files['tokenizer_config.json']);
}

test('the alphabet shows printable bytes as themselves and a space as Ġ', () => {
  const alphabet = byteAlphabet();
  expect(new Set(alphabet).size).toBe(256);
  expect([alphabet[0x41], alphabet[0x20], alphabet[0x0a], alphabet[0xe6]]).toEqual(['A', 'Ġ', 'Ċ', 'æ']);
});

test('the most frequent pair is merged first, ties going to the lowest ids', () => {
  const counts: WordCounts = new Map([
    ['abab', 3],
    ['cd', 6],
    ['ef', 2],
  ]);
  expect(trainBpe(counts, 260).merges).toEqual([
    ['a', 'b'],
    ['c', 'd'],
    ['ab', 'ab'],
    ['e', 'f'],
  ]);
});

test('overlapping repeats merge from the left, and no pair that occurs once is merged', () => {
  const { merges, tokens } = trainBpe(new Map([['aaaaa', 1]]), 300);
  expect(merges).toEqual([['a', 'a']]);
  expect(tokens).toHaveLength(257);
});

test('the vocabulary has the size asked for, the end-of-text token last', () => {
  const tokenizer = open(260);
  expect(tokenizer.get_vocab().size).toBe(261);
  expect(tokenizer.token_to_id('<|endoftext|>')).toBe(260);
});

test('the tokenizer library reads the file and gives the text back', () => {
  const tokenizer = open(262);
  for (const sample of [text, 'unseen: ÿ\u0000 🙂\t\n', ' leading']) {
    expect(tokenizer.decode(tokenizer.encode(sample).ids)).toBe(sample);
  }
  expect(tokenizer.encode(text).ids.length).toBeLessThan(new TextEncoder().encode(text).length - 10);
  expect(tokenizer.encode('a<|endoftext|>b').ids).toContain(262);
});

test('the same text gives the same tokenizer', () => {
  expect(trained(262)).toEqual(trained(262));
});

test('weights count as repetition', () => {
  const twice: WordCounts = new Map();
  countWords('a b a', twice, 2);
  const repeated: WordCounts = new Map();
  for (let i = 0; i < 2; i++) countWords('a b a', repeated);
  expect(twice).toEqual(repeated);
});
