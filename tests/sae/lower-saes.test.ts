import { expect, test } from 'vitest';
import { lowerSaes } from '../../pipeline/sae/lower-saes.ts';

const saes = [
  { id: '0', layer: 0 },
  { id: '5-16k', layer: 5 },
  { id: '5-65k', layer: 5 },
  { id: '6-out', layer: 6 },
  { id: '6-z', layer: 6 },
];
const ids = (asked?: readonly string[]) => lowerSaes(saes, asked).map(({ id }) => id);

test('the first SAE of each layer takes it apart, unless another is asked for', () => {
  expect(ids()).toEqual(['0', '5-16k', '6-out']);
  expect(ids(['6-z'])).toEqual(['0', '5-16k', '6-z']);
  expect(ids(['5-65k', '6-z'])).toEqual(['0', '5-65k', '6-z']);
});

test('an SAE that is not there, and two of one layer, are refused', () => {
  expect(() => ids(['7'])).toThrow('no sae 7 for --upstream-saes: there are 0, 5-16k, 5-65k, 6-out, 6-z');
  expect(() => ids(['5-16k', '5-65k'])).toThrow('upstream saes 5-16k and 5-65k are of one layer, expected one a layer');
});
