import { expect, test } from 'vitest';
import { createSearch, pageOf } from '../../../site/search/filter.ts';
import { defaultQuery, type SearchQuery } from '../../../site/search/query.ts';
import { type MadeSae, madeIndex } from './made-index.ts';

const vocabulary = ['<bos>', ' the', 'The', 'cat', '<script>', '\n'];
const families = ['induction', 'name mover'];

const saes: MadeSae[] = [
  {
    ...{ sae: '0', layer: 0 },
    rows: [
      { top_head: 0, max_activation: 2, family: 'induction', promoted: [1], activating: [3] },
      { top_head: 1, count: 0, density: 0, max_activation: 0, promoted: [4] },
    ],
  },
  {
    ...{ sae: '2', layer: 2 },
    rows: [
      { top_head: 1, max_activation: 3, density: 0.5, promoted: [2, 4], activating: [3, 5] },
      { top_head: 0, max_activation: 2, family: 'name mover', activating: [0] },
    ],
  },
];
const found = (query: Partial<SearchQuery>, of = saes): number[] =>
  Array.from(madeIndex(of, { vocabulary, families }).search.rows({ ...defaultQuery, ...query }));

test('alive features come by greatest activation, ties in the order of (layer, feature)', () => {
  expect(found({})).toEqual([2, 0, 3]);
});

test('ascending order breaks ties the same way', () => {
  expect(found({ descending: false })).toEqual([0, 3, 2]);
});

test('dead features are found when asked for', () => {
  expect(found({ alive: false, descending: false })).toEqual([1, 0, 3, 2]);
});

test.each<[Partial<SearchQuery>, number[]]>([
  [{ layer: 2 }, [2, 3]],
  [{ layer: 1 }, []],
  [{ head: 0 }, [0, 3]],
  [{ layer: 0, head: 1 }, []],
  [{ minDensity: 0.02 }, [2]],
  [{ maxDensity: 0.02 }, [0, 3]],
  [{ family: 'name mover' }, [3]],
  [{ family: 'no such family' }, []],
  [{ sort: 'density' }, [2, 0, 3]],
  [{ sort: 'feature', descending: false }, [0, 2, 3]],
  [{ sort: 'feature' }, [3, 2, 0]],
])('%o finds %j', (query, expected) => {
  expect(found(query)).toEqual(expected);
});

test('a density bound lets through what is printed like it', () => {
  expect(found({ minDensity: 0.01, maxDensity: 0.01 })).toEqual([0, 3]);
  expect(found({ minDensity: 0.01001 })).toEqual([2, 0, 3]);
  expect(found({ minDensity: 0.0101 })).toEqual([2]);
});

test.each<[Partial<SearchQuery>, number[]]>([
  [{ promoted: 'the' }, [2, 0]],
  [{ promoted: ' the' }, [0]],
  [{ promoted: '<script>' }, [2]],
  [{ promoted: '<script>', alive: false }, [2, 1]],
  [{ promoted: 'the', activating: '\n' }, [2]],
  [{ activating: 'CAT' }, [2, 0]],
  [{ suppressed: 'cat' }, []],
  [{ activating: 'no such token' }, []],
])('tokens of %o find %j', (query, expected) => {
  expect(found(query)).toEqual(expected);
});

test('a query is missing the columns that it reads, and no others', () => {
  const search = createSearch(madeIndex(saes, { vocabulary }).manifest);
  const missing = (query: Partial<SearchQuery>) =>
    search.missing({ ...defaultQuery, layer: 2, ...query }).map(({ sae, name }) => `${sae}/${name}`);
  expect(missing({})).toEqual(['2/max_activation']);
  expect(missing({ alive: false, sort: 'feature' })).toEqual([]);
  expect(missing({ alive: false, sort: 'density', head: 3 })).toEqual(['2/density', '2/top_head']);
  expect(missing({ promoted: 'a', family: 'induction' })).toEqual(['2/max_activation', '2/family', '2/promoted']);
  expect(search.missing(defaultQuery).map(({ sae }) => sae)).toEqual(['0', '2']);
});

test('until all has come, the SAEs are searched of which nothing is missing', () => {
  const { search } = madeIndex(saes, { vocabulary, without: ['0'] });
  const promoted = (text: string) => Array.from(search.rows({ ...defaultQuery, alive: false, promoted: text }));
  expect(promoted('<script>')).toEqual([2]);
  expect(promoted('')).toEqual([2, 0, 3, 1]);
});

test('families are counted over what the other filters let through', () => {
  const { search } = madeIndex(saes, { vocabulary, families });
  const counts = (query: Partial<SearchQuery>) =>
    Array.from(search.counts({ ...defaultQuery, ...query }, 'family').subarray(0, 3));
  expect(counts({})).toEqual([1, 1, 1]);
  expect(counts({ family: 'induction' })).toEqual([1, 1, 1]);
  expect(counts({ layer: 2, alive: false })).toEqual([1, 0, 1]);
});

test('pages are counted from 1 and empty past the end', () => {
  const rows = Uint32Array.of(7, 8, 9);
  expect([1, 2, 3].map((page) => Array.from(pageOf(rows, page, 2)))).toEqual([[7, 8], [9], []]);
});

test('of a layer with several SAEs one can be picked, or all of the layer', () => {
  const several = saes.map((entry, i) => ({ ...entry, sae: `2-${i + 1}k`, layer: 2 }));
  expect(found({ layer: 2 }, several)).toEqual([2, 0, 3]);
  expect(found({ sae: '2-2k' }, several)).toEqual([2, 3]);
  expect(found({ layer: 2, sae: '2-1k' }, several)).toEqual([0]);
  expect(found({ layer: 1, sae: '2-1k' }, several)).toEqual([]);
});
