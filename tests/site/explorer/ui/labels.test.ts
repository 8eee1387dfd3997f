import { expect, test } from 'vitest';
import { knownFeatures } from '../../../../site/explorer/labels.ts';
import { createSearch } from '../../../../site/search/filter.ts';
import type { SearchIndex } from '../../../../site/search/load.ts';

const NONE = 65_535;
const rows = (...first: number[]) =>
  Uint16Array.from({ length: 10 * first.length }, (_, i) => (i % 10 ? NONE : (first[i / 10] ?? NONE)));

/** Layers 1 and 4 with two features each; the tokens of layer 4 are loaded. */
function testIndex(): SearchIndex {
  const manifest = {
    saes: [1, 4].map((layer) => ({ sae: String(layer), layer, features: 2, tokens: `tokens-${layer}.bin` })),
    families: ['induction'],
    tokenIdBytes: 2 as const,
  };
  const numbers = Float32Array.of(1, 2, 3, 4);
  const columns = {
    sae: Uint16Array.of(0, 0, 1, 1),
    feature: Uint32Array.of(0, 1, 0, 1),
    count: Uint32Array.of(1, 1, 1, 1),
    density: numbers,
    mean_active: numbers,
    max_activation: numbers,
    top_head: Uint16Array.of(0, 0, 0, 0),
    top_head_weight: numbers,
    family: Uint16Array.of(0, 0, 0, 1),
  };
  const vocabulary = [' the', '<b>'];
  const search = createSearch({ manifest, columns, vocabulary });
  const tokens = new Map([['4', { promoted: rows(0, 1), suppressed: rows(NONE, NONE), activating: rows(NONE, NONE) }]]);
  return { manifest, columns, vocabulary, search, tokens, loadTokens: async () => {} };
}

test('a feature is found by layer and number; its tokens come with its layer', () => {
  const known = knownFeatures(testIndex(), String);
  expect(known(4, 1)).toEqual({ family: 'induction', promotes: ['<b>'], maxActivation: 4 });
  expect(known(1, 1)).toEqual({ family: null, promotes: [], maxActivation: 2 });
});

test('a feature or layer that the index does not have is not known, not its neighbour', () => {
  const known = knownFeatures(testIndex(), String);
  expect([known(1, 2), known(2, 0), known(4, 2)]).toEqual([undefined, undefined, undefined]);
});
