import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ColumnReader, ColumnWriter, MARK } from '../../../site/pack/columns.ts';
import { cutColumns, joinColumns } from '../../../site/pack/join-columns.ts';
import { tokenQuoter, unquoteTokens } from '../../../site/pack/quoted-tokens.ts';
import { zipPieces } from '../../../site/pack/zip-pieces.ts';

test('integers come back, where their codes grow a byte and at the last that a number holds', () => {
  const values = [0, 223, 224, 7391, 7392, 65_535, 65_536, 2 ** 24 - 1, 2 ** 24, 2 ** 32, Number.MAX_SAFE_INTEGER];
  const column = new ColumnWriter();
  for (const value of values) column.integer(value);
  const reader = new ColumnReader(column.written);
  expect(values.map(() => reader.integer())).toEqual(values);
  expect(() => reader.integer()).toThrow('inside an integer');
});

test('texts come back, marks and controls among their characters', () => {
  const texts = ['', 'a', '\0\x01\x05\x06\x07\x08', '漢字 👩‍👩‍👧', '\uFEFFbom', 'long'.repeat(500)];
  const column = new ColumnWriter();
  column.byte(MARK.list);
  for (const text of texts) column.text(text);
  const reader = new ColumnReader(column.written);
  expect(reader.mark()).toBe(MARK.list);
  for (const text of texts) {
    expect(reader.mark()).toBe(0);
    expect(reader.text()).toBe(text);
  }
  expect(() => reader.text()).toThrow('inside a text');
});

test('columns come back from one zipped file, short and long', () => {
  const columns = [3, 0, 5000, 1023, 1024].map((length, i) => new Uint8Array(length).fill(i + 1));
  const bytes = gunzipSync(zipPieces(joinColumns(columns)));
  expect(cutColumns(bytes).map((column) => [column.length, column[0]])).toEqual(
    columns.map((column) => [column.length, column[0]]),
  );
  expect(() => cutColumns(bytes.subarray(0, 100))).toThrow('in a group of 100');
});

test('tokens that a text quotes come back, those of no list and lone quotes among them', () => {
  const tokens = [' the', 'a', ' the', '\x07'];
  const shorten = tokenQuoter(tokens);
  const column = new ColumnWriter();
  const texts = ['active on ` the` `a`: `b`', '`', '``', '` the', 'no \x07 code'];
  for (const text of texts) column.text(text, shorten);
  expect(column.written.length).toBeLessThan(new TextEncoder().encode(texts.join(' ')).length);
  const reader = new ColumnReader(column.written);
  expect(texts.map(() => reader.text((text) => unquoteTokens(text, tokens)))).toEqual(texts);
});
