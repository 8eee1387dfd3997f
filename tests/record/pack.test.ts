import { expect, test } from 'vitest';
import { NearDuplicates } from '../../pipeline/record/near-duplicates.ts';
import { packContexts } from '../../pipeline/record/pack.ts';

interface Piece {
  readonly text: string;
  readonly continues?: boolean;
}

/** Packs with one token a character (its code) into contexts of 5; 0 begins a sequence, 1 ends a text. */
async function pack(
  pieces: readonly Piece[],
  duplicates?: NearDuplicates,
  begin: 'bos' | 'text' = 'bos',
): Promise<number[][]> {
  async function* documents() {
    for (const piece of pieces) yield { ...piece, file: 'corpus/a.txt', offset: 0, source: 'a.txt' };
  }
  const tokenizer = { encode: (text: string) => Int32Array.from(text, (character) => character.charCodeAt(0)) };
  const bosTokenId = begin === 'bos' ? 0 : undefined;
  const options = { context: 5, bosTokenId, eosTokenId: 1, vocabSize: 128, duplicates };
  const contexts: number[][] = [];
  for await (const context of packContexts(documents(), tokenizer, options)) contexts.push([...context]);
  return contexts;
}

const [a, b, c] = [97, 98, 99];

test('documents are joined by the end of text, cut, and the last short piece is dropped', async () => {
  expect(await pack([{ text: 'ab' }, { text: 'abcab' }, { text: 'c' }])).toEqual([
    [0, a, b, 1, a],
    [0, b, c, a, b],
  ]);
});

test('a document in pieces is packed as if it were whole', async () => {
  const whole = await pack([{ text: 'abcabc' }, { text: 'ab' }]);
  expect(await pack([{ text: 'ab', continues: true }, { text: 'cabc' }, { text: 'ab' }])).toEqual(whole);
  expect(whole).toEqual([
    [0, a, b, c, a],
    [0, b, c, 1, a],
  ]);
});

test('without a beginning-of-sequence token each context begins with the token before it, and no text is lost', async () => {
  const pieces = [{ text: 'ab' }, { text: 'abcab' }, { text: 'c' }];
  const contexts = await pack(pieces, undefined, 'text');
  expect(contexts).toEqual([
    [1, a, b, 1, a],
    [a, b, c, a, b],
  ]);
  const counted = (rows: number[][]) => rows.flatMap((row) => row.slice(1));
  expect(counted(contexts)).toEqual(counted(await pack(pieces)));
});

test('only what goes on a document is encoded as going on', async () => {
  const seen: boolean[] = [];
  async function* documents() {
    for (const continues of [true, true, false, false])
      yield { text: 'abcd', file: 'a.txt', offset: 0, source: 'a.txt', continues };
  }
  const encode = (_: string, goesOn = false) => Int32Array.of(seen.push(goesOn));
  const options = { context: 3, bosTokenId: 0, eosTokenId: 1, vocabSize: 128 };
  for await (const context of packContexts(documents(), { encode }, options)) expect(context).toHaveLength(3);
  expect(seen).toEqual([false, true, true, false]);
});

test('a token past the vocabulary names its document', async () => {
  await expect(pack([{ text: 'é' }])).rejects.toThrow(/^token id 233 is past the model's vocabulary.*\(a.txt\)$/);
});

test('near-duplicates are left out whole, pieces and all, and counted', async () => {
  const duplicates = new NearDuplicates();
  const text = 'ab'.repeat(2);
  const pieces = [{ text }, { text: `${text}`, continues: true }, { text: 'ccc' }, { text: 'cc' }, { text }];
  expect(await pack(pieces, duplicates)).toEqual([
    [0, a, b, a, b],
    [0, 1, c, c, 1],
  ]);
  expect(duplicates.dropped).toEqual({ documents: 2, tokens: 11 });
});
