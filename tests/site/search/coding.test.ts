import { expect, test } from 'vitest';
import { significant } from '../../../site/page-kit/format.ts';
import { decodePlanes, encodePlanes } from '../../../site/search/byte-planes.ts';
import { decodeShown, encodeShown } from '../../../site/search/shown-number.ts';
import { sortRows } from '../../../site/search/sort-rows.ts';
import { byFrequency } from '../../../site/search/vocabulary.ts';

test.each([0, 1e-9, 0.000123456, 0.00999999, 0.01, 0.9994, 0.9996, 1, 12.345, 99_999, 3.4e38])(
  '%d keeps three significant digits',
  (value) => {
    expect(significant(decodeShown(encodeShown(value)))).toBe(significant(Number(value.toPrecision(3))));
  },
);

test('codes sort as their numbers do, and fit in 16 bits', () => {
  const values = [0, 1e-38, 1e-6, 0.0999, 0.1, 0.999, 1, 1.01, 999, 1000, 3.4e38];
  const codes = values.map(encodeShown);
  expect(codes).toEqual(codes.toSorted((a, b) => a - b));
  expect(new Set(codes).size).toBe(values.length);
  expect(codes.at(-1)).toBeLessThan(2 ** 16);
});

test.each([2, 3, 4])('numbers of %i bytes come back from their planes', (bytes) => {
  const values = [0, 1, 255, 256, 2 ** 16 - 1, 2 ** (8 * bytes) - 1];
  expect(Array.from(decodePlanes(encodePlanes(values, bytes), bytes))).toEqual(values);
});

test('the lowest bytes come first', () => {
  expect(Array.from(encodePlanes([0x0102, 0x0304], 2))).toEqual([2, 4, 1, 3]);
});

test('rows come in the order of their keys, ties as they come, either way', () => {
  const [rows, keys] = [Uint32Array.of(7, 8, 9, 10), Uint16Array.of(5, 65_535, 0, 5)];
  expect(Array.from(sortRows(rows, keys, false))).toEqual([9, 7, 10, 8]);
  expect(Array.from(sortRows(rows, keys, true))).toEqual([8, 7, 10, 9]);
  expect(sortRows(new Uint32Array(), new Uint16Array(), true)).toHaveLength(0);
});

test('the vocabulary holds the tokens that features name, the most frequent first', () => {
  const row = (token_id: number, token: string) => ({ token_id, token, bytes: new Uint8Array() });
  const columns = [Uint32Array.of(3, 0, 1), Uint32Array.of(3, 9)];
  const { texts, places } = byFrequency([row(0, 'a'), row(1, 'unused'), row(2, 'c')], columns);
  expect(texts).toEqual(['', 'c', 'a', '[8]']);
  expect([...places]).toEqual([
    [3, 1],
    [1, 2],
    [9, 3],
  ]);
});
