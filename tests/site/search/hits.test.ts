import { expect, test } from 'vitest';
import { changeQuery, defaultQuery, formatQuery, parseQuery, type SearchQuery } from '../../../site/search/query.ts';
import { rowView } from '../../../site/search/row-view.ts';
import { type MadeSae, madeIndex } from './made-index.ts';

const vocabulary = ['<bos>', ' the', 'The', 'cat', ' cats', '\n', 'a', 'b'];
const saes: MadeSae[] = [
  {
    ...{ sae: '0', layer: 0 },
    rows: [
      { max_activation: 9, promoted: [1, 3], promoted_effect: [4, 0.25], summary: 'reads `Loc`: induction' },
      { max_activation: 8, promoted: [3, 4], promoted_effect: [0.5, 0.4], label: 'Induction of names' },
    ],
  },
  {
    ...{ sae: '1', layer: 1 },
    rows: [
      { max_activation: 7, promoted: [6, 7, 1, 0, 5, 4], promoted_effect: [9, 8, 7, 6, 5, 2] },
      { max_activation: 6, suppressed: [3], suppressed_effect: [-3], summary: 'positional' },
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
  expect(found({ words: 'induction', sort: 'max_activation' })).toEqual([0, 1]);
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

test('a search for words is by how well they match, a label over a summary, until another order is asked for', () => {
  const words = changeQuery(defaultQuery, { words: 'induction' });
  expect(words.sort).toBe('match');
  expect([...index.search.rows(words)]).toEqual([1, 0]);
  expect(formatQuery(words).toString()).toBe('words=induction');
  expect(parseQuery(new URLSearchParams('words=induction'))).toEqual(words);
  const byActivation = changeQuery(words, { sort: 'max_activation' });
  expect(formatQuery(byActivation).toString()).toBe('words=induction&sort=max_activation');
  expect(parseQuery(formatQuery(byActivation))).toEqual(byActivation);
  expect(changeQuery(byActivation, { words: 'ind' }).sort).toBe('max_activation');
});

test('without words the order is that of activation again; a page is kept only where it is asked for', () => {
  const words = { ...changeQuery(defaultQuery, { words: 'induction' }), page: 3 };
  expect(changeQuery(words, { words: '' })).toEqual(defaultQuery);
  expect(changeQuery({ ...words, descending: false }, { words: ' ' })).toMatchObject({
    sort: 'max_activation',
    page: 1,
  });
  expect(changeQuery(words, { page: 2 }).page).toBe(2);
  expect(changeQuery({ ...defaultQuery, sort: 'density' }, { words: 'a' }).sort).toBe('density');
});

test('a result is called by its label, else its summary', () => {
  const name = (row: number) => rowView(index, row).name;
  expect(name(1)).toEqual({ text: 'Induction of names', isRule: false, isAtChance: false });
  expect(name(0)?.isRule).toBe(true);
  expect(name(2)).toBe(undefined);
});
