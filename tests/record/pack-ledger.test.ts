import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { PackLedger } from '../../pipeline/record/pack-ledger.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const piece = (text: string, continues = false) => ({ text, file: 'corpus/a.txt', offset: 7, continues });

test('a context begins in the document that has its first token, however many documents it joins', () => {
  const ledger = new PackLedger(4);
  for (const text of ['ab', 'c', 'defgh']) ledger.add(piece(text), text.length + 1); // tokens 0–2, 3–4, 5–10
  expect(ledger.start(0)).toEqual({ start: { document: 0, offset: 0 }, ended: [] });
  expect(ledger.start(1).start).toEqual({ document: 1, offset: 1 });
});

test('a document is given out once, when a context begins after it, and the rest at the end', () => {
  const ledger = new PackLedger(4);
  for (const text of ['ab', 'c', 'defgh']) ledger.add(piece(text), text.length + 1);
  ledger.start(0);
  expect(ledger.start(1).ended).toEqual([
    { document: 0, file: 'corpus/a.txt', offset: 7, hash: sha256('ab'), tokens: 3, token_start: 0 },
  ]);
  expect(ledger.end(2).map(({ document, tokens, token_start }) => [document, token_start, tokens])).toEqual([
    [1, 3, 2],
    [2, 5, 3], // two contexts hold 8 tokens: its last three are not packed
  ]);
});

test('a context that begins after the last document is refused', () => {
  const ledger = new PackLedger(4);
  ledger.add(piece('abc'), 4);
  expect(ledger.start(0).start).toEqual({ document: 0, offset: 0 });
  expect(() => ledger.start(1)).toThrow('context 1 begins after the last document');
});

test('a document in pieces has the hash of the whole, and none where it was not read to its end', () => {
  const ledger = new PackLedger(4);
  ledger.add(piece('ab', true), 2);
  ledger.add(piece('c'), 2);
  ledger.add(piece('de', true), 8);
  expect(ledger.end(3).map(({ hash, tokens }) => [hash, tokens])).toEqual([
    [sha256('abc'), 4],
    [null, 8],
  ]);
});

test('a document of which nothing was packed is not among them', () => {
  const ledger = new PackLedger(4);
  ledger.add(piece('abc'), 4);
  ledger.add(piece('d'), 2);
  expect(ledger.end(1).map(({ document }) => document)).toEqual([0]);
});
