import { expect, test } from 'vitest';
import { pagerText } from '../../../site/search/pager-text.ts';

const paged = { total: 12_345, page: 2, size: 50, isReading: false };

test('a page says which of what was found it shows', () => {
  expect(pagerText(paged)).toBe('51 – 100 of 12,345');
  expect(pagerText({ ...paged, page: 247 })).toBe('12,301 – 12,345 of 12,345');
});

test('a page past the last says how many there are', () => {
  expect(pagerText({ ...paged, page: 99_999 })).toBe('There is no page 99,999: 12,345 features are on 247 pages.');
  expect(pagerText({ ...paged, total: 1 })).toBe('There is no page 2: 1 feature is on 1 page.');
});

test('nothing found is told from what is still read', () => {
  expect(pagerText({ ...paged, total: 0 })).toBe('No feature matches.');
  expect(pagerText({ ...paged, total: 0, isReading: true })).toBe('Reading the index…');
});
