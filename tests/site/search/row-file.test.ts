import { makeVector, Table, tableFromIPC, tableToIPC, type Vector } from 'apache-arrow';
import { expect, test } from 'vitest';
import { decodeRowFile } from '../../../site/search/decode-row-file.ts';
import { encodeRowFile } from '../../../site/search/encode-row-file.ts';
import type { RowFile } from '../../../site/search/row-file.ts';

/** Three features; every number differs from every other. */
const fileOf = (firstPlace: number): RowFile => {
  const numbers = (first: number) => Uint16Array.of(first, first + 1, 65_535 - first);
  const places = (first: number) => Uint32Array.from({ length: 15 }, (_, i) => first + i);
  return {
    numbers: {
      density: numbers(1),
      max_activation: numbers(4),
      top_head: numbers(7),
      top_head_weight: numbers(10),
      family: numbers(13),
    },
    tokens: { activating: places(firstPlace), promoted: places(100) },
  };
};

test.each([0, 70_000])('what is encoded comes back, with tokens from place %i on', (firstPlace) => {
  const file = fileOf(firstPlace);
  expect(decodeRowFile(encodeRowFile(file))).toEqual(file);
});

test('bytes at any place of a buffer are read', () => {
  const bytes = encodeRowFile(fileOf(0));
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  expect(decodeRowFile(shifted.subarray(3))).toEqual(fileOf(0));
});

test('any reader of Arrow reads the file as a table', () => {
  const table = tableFromIPC(encodeRowFile(fileOf(70_000)));
  expect(table.numRows).toBe(3);
  expect(Array.from(table.getChild('density')?.toArray() ?? [])).toEqual([1, 2, 65_534]);
  expect(Array.from(table.getChild('activating')?.get(2)?.toArray() ?? [])).toEqual([
    70_010, 70_011, 70_012, 70_013, 70_014,
  ]);
});

test('a column that is missing or of another type is named, and a file without rows is refused', () => {
  const stream = (columns: Record<string, Vector>) => tableToIPC(new Table(columns), 'stream');
  expect(() => decodeRowFile(stream({ density: makeVector(Uint16Array.of(1)) }))).toThrow(
    'has no column max_activation',
  );
  expect(() => decodeRowFile(stream({ density: makeVector(Int32Array.of(1)) }))).toThrow('column density of Int32');
  expect(() => decodeRowFile(new Uint8Array())).toThrow('has no rows');
});
