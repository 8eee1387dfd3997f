import { expect, test } from 'vitest';
import { densityBar, percentOfShare, shareOfPercent } from '../../site/search/density-bar.ts';
import { createSearch } from '../../site/search/filter.ts';
import type { SearchIndex } from '../../site/search/load.ts';
import { rowView } from '../../site/search/row-view.ts';

const NONE = 65_535;
const ids = (...first: number[]) => Uint16Array.from({ length: 20 }, (_, i) => first[i - 10] ?? NONE);

/** Layers 1 and 4 with one and two features; tokens of layer 4 loaded, its second feature promoting 0 and 1. */
function testIndex(): SearchIndex {
  const manifest = {
    saes: [
      { sae: '1', layer: 1, features: 1, tokens: 'tokens-1.bin' },
      { sae: '4-16k', layer: 4, features: 2, tokens: 'tokens-4.bin' },
    ],
    families: ['induction'],
    tokenIdBytes: 2 as const,
  };
  const columns = {
    sae: Uint16Array.of(0, 1, 1),
    feature: Uint32Array.of(0, 0, 1),
    count: Uint32Array.of(5, 0, 7),
    density: Float32Array.of(0.5, 0, 0.25),
    mean_active: Float32Array.of(1, 0, 1),
    max_activation: Float32Array.of(2, 0, 4),
    top_head: Uint16Array.of(0, 1, 2),
    top_head_weight: Float32Array.of(0.5, 0.5, 0.75),
    family: Uint16Array.of(0, 0, 1),
  };
  const vocabulary = [' the', '<script>'];
  const search = createSearch({ manifest, columns, vocabulary });
  const tokens = new Map([['4-16k', { promoted: ids(0, 1), suppressed: ids(), activating: ids(1) }]]);
  return { manifest, columns, vocabulary, search, tokens, loadTokens: async () => {} };
}

test('a result shows its feature’s own tokens, unused places left out', () => {
  expect(rowView(testIndex(), 2)).toMatchObject({
    layer: 4,
    sae: '4-16k',
    feature: 1,
    head: 2,
    headWeight: 0.75,
    family: 'induction',
    alive: true,
    promoted: ['·the', '<script>'],
    activating: ['<script>'],
  });
});

test('a result whose layer’s tokens are not loaded yet shows none', () => {
  expect(rowView(testIndex(), 0)).toMatchObject({ layer: 1, promoted: [], family: '' });
});

test('per cent typed by a reader becomes the share that it says, and back', () => {
  expect(shareOfPercent('0.1')).toBe(0.001);
  expect(shareOfPercent('')).toBe(null);
  expect(shareOfPercent('-1')).toBe(null);
  expect(shareOfPercent('101')).toBe(null);
  expect(percentOfShare(0.007)).toBe('0.7');
  expect(percentOfShare(null)).toBe('');
});

test('density bars are logarithmic, from one in a million to all', () => {
  expect([0, 1e-6, 1e-3, 1].map(densityBar)).toEqual(['w0', 'w0', 'w25', 'w50']);
});
