import { expect, test } from 'vitest';
import { lightWords } from '../../../site/search/words/light-words.ts';
import { leavesFor } from '../../../site/search/words/open-word-index.ts';
import { decodeLeaf, encodeLeaf, fieldCode, fieldOf } from '../../../site/search/words/postings.ts';
import { createWordIndexBuilder } from '../../../site/search/words/word-index-builder.ts';
import { wordsOf } from '../../../site/search/words/words-of.ts';
import { madeWords } from './made-index.ts';

type Named = Parameters<typeof madeWords>[0][number];

/** Rows that match, the best first. */
function ranked(rows: readonly Named[], words: string): number[] {
  const ranks = madeWords(rows)(words) ?? new Uint16Array();
  return [...ranks.keys()].filter((row) => ranks[row] > 0).sort((a, b) => ranks[b] - ranks[a] || a - b);
}

test('words are runs of letters, marks and digits, case and width aside, each once', () => {
  expect(wordsOf('Reads `·Loc`, then LOC again: x_2 ＡＢ')).toEqual(['reads', 'loc', 'then', 'again', 'x', '2', 'ab']);
  expect(wordsOf('naïve नमस्ते')).toEqual(['naïve', 'नमस्ते']);
  expect(wordsOf('東京tower')).toEqual(['東', '京', 'tower']);
  expect(wordsOf(' ·–()')).toEqual([]);
});

test('a label that is just the words comes first, then labels, the shorter before the longer, then summaries', () => {
  const rows = [
    { summary: 'names in lists' },
    { label: 'names in long lists of people', summary: 'local' },
    { label: 'lists of names', summary: 'local' },
    { label: 'Names, lists' },
    { label: 'cities' },
  ];
  expect(ranked(rows, 'lists names')).toEqual([3, 2, 1, 0]);
});

test('a word comes before what begins with it, and a rare one weighs more than a common one', () => {
  const rows = [{ label: 'renames' }, { label: 'named things' }, { label: 'name things' }, { label: 'na things' }];
  expect(ranked(rows, 'name')).toEqual([2, 1]);
  const weights = [
    { label: 'common', summary: 'rare' },
    { label: 'rare', summary: 'common' },
    ...Array.from({ length: 20 }, () => ({ label: 'common', summary: 'other' })),
  ];
  expect(ranked(weights, 'common rare')).toEqual([1, 0]);
});

test('all words are asked for; one letter is a word of its own; text without a word finds nothing', () => {
  const rows = [{ label: 'a list' }, { label: 'about lists' }];
  expect(ranked(rows, 'list about')).toEqual([1]);
  expect(ranked(rows, 'a')).toEqual([0]);
  expect(ranked(rows, 'missing list')).toEqual([]);
  expect(ranked(rows, '()')).toEqual([]);
});

test('words that mean something to JavaScript are words', () => {
  const rows = [{ label: 'constructor __proto__' }, { label: 'hasOwnProperty' }];
  expect(ranked(rows, 'constructor')).toEqual([0]);
  expect(ranked(rows, 'toString')).toEqual([]);
});

test('what a word is found in agrees with a plain scan, over leaves and steps of any size', () => {
  const rows = Array.from({ length: 30_000 }, (_, row) => ({
    summary: `all ${row % 7 === 0 ? 'seventh ' : ''}w${row % 911} ${row % 20_011 === 5 ? 'rare' : ''}`,
  }));
  const builder = createWordIndexBuilder();
  for (const [row, { summary }] of rows.entries()) builder.add(row, { label: null, summary });
  expect(builder.finish(rows.length).leaves.length).toBeGreaterThan(1);
  const rank = madeWords(rows);
  for (const word of ['all', 'seventh', 'w9', 'rare']) {
    const ranks = rank(word) ?? new Uint16Array();
    const expected = rows.flatMap(({ summary }, row) => (` ${summary}`.includes(` ${word}`) ? [row] : []));
    expect([...ranks.keys()].filter((row) => ranks[row] > 0)).toEqual(expected);
  }
});

test('leaves come back as they were', () => {
  const leaf = [
    {
      word: 'a',
      rows: Uint32Array.of(0, 1, 127, 128, 300, 70_000, 294_911),
      codes: Uint8Array.of(1, 2, 3, 4, 5, 255, 0),
    },
    { word: 'né', rows: Uint32Array.of(5), codes: Uint8Array.of(33) },
  ];
  const back = decodeLeaf(encodeLeaf(leaf));
  expect(back.map(({ word, rows, codes }) => [word, [...rows], [...codes]])).toEqual(
    leaf.map(({ word, rows, codes }) => [word, [...rows], [...codes]]),
  );
});

test('lengths of labels are kept exactly, of summaries nearly, and the fields are told apart', () => {
  for (const words of [1, 2, 31, 32, 100]) {
    expect(fieldOf(fieldCode('label', words))).toEqual({ field: 'label', words });
    const { field, words: about } = fieldOf(fieldCode('summary', words));
    expect(field).toBe('summary');
    expect(Math.abs(about - words)).toBeLessThanOrEqual(3);
  }
});

test('a word and what begins with it are in few leaves; a beginning of too many words stands for itself', () => {
  const first = ['0', 'in', 'ind', 'indu', 'inz', 'inzz', 'z'];
  expect(leavesFor('indu', first)).toEqual({ from: 3, to: 3, isWhole: false });
  expect(leavesFor('ind', first)).toEqual({ from: 2, to: 3, isWhole: false });
  expect(leavesFor('in', first)).toEqual({ from: 1, to: 1, isWhole: true });
  expect(leavesFor('i', first)).toEqual({ from: 0, to: 0, isWhole: true });
  expect(leavesFor('!', first)).toEqual({ from: 0, to: -1, isWhole: true });
});

test('what is looked for is lit where a word begins with it, and nowhere else', () => {
  const lit = (text: string, words: string) =>
    lightWords(text, words)
      .map(({ text: piece, isHit }) => (isHit ? `[${piece}]` : piece))
      .join('');
  expect(lit('Induction of names, unnamed', 'IND name')).toBe('[Induction] of [names], unnamed');
  expect(lit('<b>b</b>', 'b')).toBe('<[b]>[b]</[b]>');
  expect(lit('any', '')).toBe('any');
});
