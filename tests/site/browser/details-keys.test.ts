import { expect, test } from 'vitest';
import { type DetailsPlace, detailsKeys } from '../../../site/browser/details-keys.ts';

const interval: DetailsPlace = { name: '', section: 'intervals', kind: '' };
const similar: DetailsPlace = { name: '', section: 'top', kind: 'similar' };
const table: DetailsPlace = { name: 'activations', section: '', kind: 'as-table' };
const labels: DetailsPlace = { name: '', section: '', kind: 'labels' };

test('each is named by its file, or by its section and kind, counted among its like', () => {
  expect(detailsKeys([labels, table, similar, similar, interval, interval])).toEqual([
    'page-labels',
    'activations',
    'top-similar',
    'top-similar_2',
    'intervals',
    'intervals_2',
  ]);
});

test('what comes to a page changes the key of nothing that was there', () => {
  const before = [similar, interval, interval];
  const after = detailsKeys([labels, table, ...before, { name: 'context', section: 'context', kind: 'as-table' }]);
  expect(after.slice(2, 5)).toEqual(detailsKeys(before));
});

test('no two are alike, and none is a number, which links once held', () => {
  const keys = detailsKeys([interval, table, interval, table, similar, labels, { ...table, name: '' }]);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.filter((key) => /^\d+$/.test(key))).toEqual([]);
});
