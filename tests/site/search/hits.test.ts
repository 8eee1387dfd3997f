import { expect, test } from 'vitest';
import { defaultQuery, formatQuery, parseQuery, type SearchQuery } from '../../../site/search/query.ts';
import { rowView } from '../../../site/search/row-view.ts';
import { type MadeSae, madeIndex } from './made-index.ts';

const vocabulary = ['<bos>', ' the', 'The', 'cat', ' cats', '\n', 'a', 'b'];
const saes: MadeSae[] = [
  {
    ...{ sae: '0', layer: 0 },
    rows: [
      { max_activation: 9, promoted: [1, 3], promoted_effect: [4, 0.25], name: 'reads `Loc`: induction' },
      { max_activation: 8, promoted: [3, 4], promoted_effect: [0.5, 0.4], name: 'Induction of names' },
    ],
  },
  {
    ...{ sae: '1', layer: 1 },
    rows: [
      { max_activation: 7, promoted: [6, 7, 1, 0, 5, 4], promoted_effect: [9, 8, 7, 6, 5, 2], name: '' },
      { max_activation: 6, suppressed: [3], suppressed_effect: [-3], name: 'positional' },
    ],
  },
];
const index = madeIndex(saes, { vocabulary });
const found = (query: Partial<SearchQuery>) => [...index.search.rows({ ...defaultQuery, ...query })];

test('results are sorted by the greatest effect on any of the tokens that are looked for', () => {
  expect(found({ promoted: 'cat' })).toEqual([0, 1, 2]);
  expect(found({ promoted: 'cat', sort: 'effect' })).toEqual([2, 1, 0]);
  expect(found({ promoted: 'cat', sort: 'effect', descending: false })).toEqual([0, 1, 2]);
  expect(found({ promoted: '"cat"', sort: 'effect' })).toEqual([1, 0]);
  expect(found({ suppressed: 'cat', sort: 'effect' })).toEqual([3]);
});

test('without a token to look for, sorting by effect leaves the order of the features', () => {
  expect(found({ sort: 'effect' })).toEqual([0, 1, 2, 3]);
  expect(index.search.missing({ ...defaultQuery, sort: 'effect' })).toEqual([]);
});

test('words are found in what features are called: all of them, in any order and case', () => {
  expect(found({ words: 'induction' })).toEqual([0, 1]);
  expect(found({ words: '  NAMES  ind ' })).toEqual([1]);
  expect(found({ words: 'loc' })).toEqual([0]);
  expect(found({ words: 'induction positional' })).toEqual([]);
  expect(found({ words: '   ' })).toEqual([0, 1, 2, 3]);
});

test('tokens that are looked for are lit, also those past the fifth, and no others', () => {
  const shown = (query: Partial<SearchQuery>) =>
    rowView(index, 2, { ...defaultQuery, ...query }).promoted.map(({ text, isHit }) => (isHit ? `[${text}]` : text));
  expect(shown({ promoted: 'CAT' })).toEqual(['a', 'b', '·the', '<bos>', '↵', '[·cats]']);
  expect(shown({ promoted: 'the' })).toEqual(['a', 'b', '[·the]', '<bos>', '↵']);
  expect(rowView(index, 3, { ...defaultQuery, suppressed: 'cat' }).suppressed).toEqual([{ text: 'cat', isHit: true }]);
});

test('layers are counted with their own filter aside', () => {
  const counts = index.search.layerCounts({ ...defaultQuery, layer: 1, promoted: 'the' });
  expect([...counts]).toEqual([
    [0, 1],
    [1, 1],
  ]);
  expect([...index.search.layerCounts({ ...defaultQuery, words: 'positional' })]).toEqual([
    [0, 0],
    [1, 1],
  ]);
});

test('words and sorting by effect are in the address', () => {
  const query = { ...defaultQuery, words: 'reads Loc', promoted: 'cat', sort: 'effect' } as const;
  const search = formatQuery(query).toString();
  expect(search).toBe('words=reads+Loc&promoted=cat&sort=effect');
  expect(parseQuery(new URLSearchParams(search))).toEqual(query);
});
