import { expect, it } from 'vitest';
import { noSuch } from '../../../site/search/no-such.ts';
import { defaultQuery, type SearchQuery } from '../../../site/search/query.ts';

const saes = [
  { sae: '0', layer: 0, features: 10 },
  { sae: '5-16k', layer: 5, features: 10 },
];
const said = (part: Partial<SearchQuery>) => noSuch({ ...defaultQuery, ...part }, { saes, families: ['induction'] }, 8);

it('says nothing of what features can have', () => {
  expect(said({})).toEqual([]);
  const possible = { layer: 5, sae: '5-16k', head: 7, family: 'induction', minDensity: 0.1, maxDensity: 0.1 };
  expect(said(possible)).toEqual([]);
});

it.each<[Partial<SearchQuery>, string]>([
  [{ layer: 99 }, 'There is no layer 99: the layers are 0, 5.'],
  [{ sae: '7' }, 'There is no SAE 7.'],
  [{ layer: 0, sae: '5-16k' }, 'There is no SAE 5-16k of layer 0.'],
  [{ head: 8 }, 'There is no head 8: a layer’s heads are 0 to 7.'],
  [{ family: 'magic' }, 'No family is called “magic”.'],
  [{ minDensity: 0.05, maxDensity: 0.01 }, 'The least density, 5.00%, is above the greatest, 1.00%.'],
])('says of %o why it finds nothing', (part, sentence) => {
  expect(said(part)).toEqual([sentence]);
});
