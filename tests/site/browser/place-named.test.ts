import { expect, test } from 'vitest';
import { placeNamed } from '../../../site/browser/place-named.ts';

test.each([
  ['5/123', 'f/5/123'],
  [' 5 / 123 ', 'f/5/123'],
  ['feature 5/0123', 'f/5/123'],
  ['5-16k-l0-82/7', 'f/5-16k-l0-82/7'],
  ['123', 'f/3-out/123'],
  ['#123', 'f/3-out/123'],
  ['5.7', 'h/5/7'],
  ['Head 11.0', 'h/11/0'],
])('%j names the page %s', (text, page) => {
  expect(placeNamed(text, { sae: '3-out' })).toBe(page);
});

test.each(['', 'x', '5/', '/5', '../../etc/1', '5/1/2', '1e3', '-1', '5.7.1', 'javascript:1'])(
  '%j names none',
  (text) => {
    expect(placeNamed(text, { sae: '3' })).toBeUndefined();
  },
);

test('a number alone names no feature where the page is of no SAE', () => {
  expect(placeNamed('123', { sae: '' })).toBeUndefined();
});
