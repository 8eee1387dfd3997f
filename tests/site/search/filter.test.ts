import { expect, test } from 'vitest';
import { createSearch, pageOf } from '../../../site/search/filter.ts';
import { featureColumns, type SaeFeature, type SearchManifest, tokenColumns } from '../../../site/search/format.ts';
import { defaultQuery, type SearchQuery } from '../../../site/search/query.ts';

const vocabulary = ['<bos>', ' the', 'The', 'cat', '<script>', '\n'];
const families = ['induction', 'name mover'];
const common = { mean_active: 1, max_activation: 1, top_head_weight: 0.5, density: 0.01, count: 10, family: null };

const rows: SaeFeature[] = [
  { ...common, sae: 0, feature: 0, top_head: 0, max_activation: 2, family: 'induction' },
  { ...common, sae: 0, feature: 1, top_head: 1, count: 0, density: 0, max_activation: 0 },
  { ...common, sae: 1, feature: 0, top_head: 1, max_activation: 3, density: 0.5 },
  { ...common, sae: 1, feature: 1, top_head: 0, max_activation: 2, family: 'name mover' },
];
const tokensOf = (promoted: number[], activating: number[]) => ({
  ...rows[0],
  promoted: Int32Array.from(promoted),
  suppressed: new Int32Array(0),
  activating: Int32Array.from(activating),
});
const manifest: SearchManifest = {
  saes: [
    { sae: '0', layer: 0, features: 2, tokens: 'tokens-0.bin' },
    { sae: '2', layer: 2, features: 2, tokens: 'tokens-2.bin' },
  ],
  families,
  tokenIdBytes: 2,
};

function search(query: Partial<SearchQuery>): number[] {
  const index = createSearch({ manifest, columns: featureColumns(rows, families), vocabulary });
  index.addTokens('0', tokenColumns([tokensOf([1], [3]), tokensOf([4], [])], 2));
  index.addTokens('2', tokenColumns([tokensOf([2, 4], [3, 5]), tokensOf([], [0])], 2));
  return Array.from(index.rows({ ...defaultQuery, ...query }));
}

test('alive features come by greatest activation, ties in the order of (layer, feature)', () => {
  expect(search({})).toEqual([2, 0, 3]);
});

test('ascending order breaks ties the same way', () => {
  expect(search({ descending: false })).toEqual([0, 3, 2]);
});

test('dead features are found when asked for', () => {
  expect(search({ alive: false, descending: false })).toEqual([1, 0, 3, 2]);
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
  expect(search(query)).toEqual(expected);
});

test("a density bound that equals a feature's density lets it through, though the column is float32", () => {
  expect(search({ minDensity: 0.01, maxDensity: 0.01 })).toEqual([0, 3]);
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
  expect(search(query)).toEqual(expected);
});

test('unused token places match no token, not even the last of a full vocabulary', () => {
  const ids = tokenColumns([tokensOf([1], [])], 2);
  expect(Array.from(ids.promoted.slice(0, 2))).toEqual([1, 65535]);
  expect(Array.from(tokenColumns([tokensOf([1], [])], 4).promoted.slice(0, 2))).toEqual([1, 4294967295]);
});

test('only a query for tokens needs token files, and only those of its SAEs', () => {
  const index = createSearch({ manifest, columns: featureColumns(rows, families), vocabulary });
  expect(index.missingSaes(defaultQuery)).toEqual([]);
  expect(index.missingSaes({ ...defaultQuery, promoted: 'a' })).toEqual(['0', '2']);
  expect(index.missingSaes({ ...defaultQuery, promoted: 'a', layer: 2 })).toEqual(['2']);
  expect(() => index.rows({ ...defaultQuery, promoted: 'a' })).toThrow('tokens of sae 0 are not loaded');
});

test('pages are counted from 1 and empty past the end', () => {
  const found = Uint32Array.of(7, 8, 9);
  expect([1, 2, 3].map((page) => Array.from(pageOf(found, page, 2)))).toEqual([[7, 8], [9], []]);
});

test('of a layer with several SAEs one can be picked, or all of the layer', () => {
  const several = { ...manifest, saes: manifest.saes.map((entry, i) => ({ ...entry, sae: `2-${i + 1}k`, layer: 2 })) };
  const index = createSearch({ manifest: several, columns: featureColumns(rows, families), vocabulary });
  const found = (query: Partial<SearchQuery>) => Array.from(index.rows({ ...defaultQuery, ...query }));
  expect(found({ layer: 2 })).toEqual([2, 0, 3]);
  expect(found({ sae: '2-2k' })).toEqual([2, 3]);
  expect(found({ layer: 2, sae: '2-1k' })).toEqual([0]);
  expect(found({ layer: 1, sae: '2-1k' })).toEqual([]);
  expect(index.missingSaes({ ...defaultQuery, promoted: 'a', sae: '2-1k' })).toEqual(['2-1k']);
});
