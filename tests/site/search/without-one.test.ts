import { expect, test } from 'vitest';
import { defaultQuery, type SearchQuery } from '../../../site/search/query.ts';
import { withoutOne } from '../../../site/search/without-one.ts';

/** Of induction there are 5 features in layer 2 and 47 in layer 3; 4 of them promote "Promise", none of another family does. */
async function countOf({ layer, family, promoted, minDensity }: SearchQuery): Promise<number> {
  if (minDensity !== null) return 0;
  if (family !== 'induction') return promoted === '' ? 900 : 0;
  if (layer !== null && layer < 2) return 0;
  return promoted === '' ? 47 : 4;
}

const asked = { ...defaultQuery, layer: 1, sae: '1-out', family: 'induction', promoted: 'Promise' };

test('each filter without which something is found is named, with how much, and what takes it out', async () => {
  expect(await withoutOne(asked, countOf)).toEqual([{ name: 'layer', part: { layer: null, sae: null }, features: 4 }]);
  expect(await withoutOne({ ...asked, promoted: '' }, countOf)).toEqual([
    { name: 'layer', part: { layer: null, sae: null }, features: 47 },
    { name: 'family', part: { family: null }, features: 900 },
  ]);
});

test('where no single one is to blame, none is named; nor is the only one', async () => {
  expect(await withoutOne({ ...asked, minDensity: 0.5 }, countOf)).toEqual([]);
  expect(await withoutOne(defaultQuery, async () => 3)).toEqual([]);
  expect(await withoutOne({ ...defaultQuery, layer: 1 }, async () => 3)).toEqual([]);
});
