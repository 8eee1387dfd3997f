import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { lines } from '../../pipeline/files/lines.ts';
import { type Document, documents } from '../../pipeline/files/text/corpora.ts';
import { textPieces } from '../../pipeline/files/text/text-pieces.ts';
import { temporaryFolder } from './temporary-folder.ts';

const million = 1 << 20;

async function pieces(text: string, step = text.length): Promise<string[]> {
  const parts = Array.from({ length: Math.ceil(text.length / step) }, (_, i) => text.slice(i * step, (i + 1) * step));
  const found: string[] = [];
  for await (const piece of textPieces(parts)) found.push(piece);
  return found;
}

test('text without white space is cut where letters or digits end, and a longer word at two million characters', async () => {
  const url = `${'abc/12.'.repeat(400_000)}`;
  const cut = await pieces(url);
  expect(cut.join('')).toBe(url);
  expect(cut.length).toBe(2);
  expect(`${cut[0]?.slice(-1)}${cut[1]?.[0]}`).toMatch(/^(c\/|2\.)$/);
  expect((await pieces('a'.repeat(5 * million))).map((piece) => piece.length)).toEqual([
    2 * million,
    2 * million,
    million,
  ]);
});

test('no cut divides a character, and none is made at an apostrophe or a mark as if a word ended there', async () => {
  const emoji = await pieces(`a${'😀'.repeat(1.2 * million)}`);
  expect(emoji.map((piece) => piece.isWellFormed())).toEqual([true, true]);
  for (const word of ["it's", 'e\u0301e\u0301', 'x\u2019t']) {
    const text = word.repeat(600_000).padEnd(2 * million + 1, 'x');
    expect((await pieces(text)).map((piece) => piece.length)).toEqual([2 * million, text.length - 2 * million]);
  }
});

test('how the text comes in does not matter', async () => {
  const text = `${'word '.repeat(300_000)}${'x'.repeat(3 * million)} ${'1,'.repeat(million)}`;
  const whole = await pieces(text);
  expect(await pieces(text, 100_003)).toEqual(whole);
  expect(await pieces(text, million)).toEqual(whole);
  expect(whole.join('')).toBe(text);
});

test('sixty-four million characters without white space take seconds, not minutes', async () => {
  const begin = performance.now();
  let length = 0;
  for await (const piece of textPieces(Array.from({ length: 256 }, () => 'a'.repeat(1 << 18)))) length += piece.length;
  expect(length).toBe(64 * million);
  expect(performance.now() - begin).toBeLessThan(8000);
});

test('a long document of JSON Lines comes in pieces too', async () => {
  const text = 'all work '.repeat(200_000);
  const dir = await temporaryFolder({ 'a.jsonl': `${JSON.stringify({ text })}\n{"text":"next"}\n` });
  const found: Document[] = [];
  for await (const document of documents([dir])) found.push(document);
  expect(found.map(({ continues = false, source }) => [continues, source.slice(-2)])).toEqual([
    [true, ':1'],
    [false, ':1'],
    [false, ':2'],
  ]);
  expect(found[0] && found[1] && found[0].text + found[1].text).toBe(text);
});

test('a line past the largest document is one line, and so is a deep one', async () => {
  const long = gzipSync(Buffer.alloc((1 << 25) + 10, '"'));
  const dir = await temporaryFolder({
    'long.jsonl.gz': Buffer.concat([gzipSync('\n\n'), long]),
    'deep.jsonl': `{"text":${'['.repeat(1e6)}`,
  });
  const read = async (name: string) => {
    for await (const document of documents([join(dir, name)])) return document;
  };
  await expect(read('long.jsonl.gz')).rejects.toThrow(`line too long: over 33554432 bytes (${dir}/long.jsonl.gz:3)`);
  await expect(read('deep.jsonl')).rejects.toThrow(/^malformed json line: "{.*\[" \(.*deep.jsonl:1\)$/);
});

test('empty lines are counted and passed over, and what is read of the file is told', async () => {
  const blank = Buffer.alloc(3 * million, '\n');
  const dir = await temporaryFolder({ 'a.jsonl.gz': gzipSync(Buffer.concat([blank, Buffer.from('{"text":"x"}')])) });
  const file = join(dir, 'a.jsonl.gz');
  let bytes = 0;
  const found: Document[] = [];
  for await (const document of documents([file], { onBytes: (added) => (bytes += added) })) found.push(document);
  expect(found).toMatchObject([{ text: 'x', source: `${file}:${3 * million + 1}` }]);
  expect(bytes).toBe((await readFile(file)).length);
});

test('lines keep their numbers, whatever pieces they come in', async () => {
  async function* bytes(step: number) {
    const text = Buffer.from('\n\uFEFFa\n\n\r\nlast');
    for (let at = 0; at < text.length; at += step) yield text.subarray(at, at + step);
  }
  for (const step of [1, 2, 5, 100]) {
    const found = [];
    for await (const { text, number } of lines(bytes(step), 'x')) found.push([number, text]);
    expect(found).toEqual([
      [2, '\uFEFFa'],
      [4, '\r'],
      [5, 'last'],
    ]);
  }
});

async function parquet(query: string): Promise<string> {
  const path = join(await temporaryFolder(), 'a.parquet');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`COPY (${query}) TO '${path}' (FORMAT parquet, COMPRESSION zstd)`);
  connection.closeSync();
  instance.closeSync();
  return path;
}

test('a small Parquet file that repeats a long text is read a few rows at a time', async () => {
  const path = await parquet(`SELECT repeat('word ', 100000) || i % 2 AS text FROM range(600) t(i)`);
  expect((await readFile(path)).length).toBeLessThan(10_000);
  let rows = 0;
  for await (const { text } of documents([path])) {
    expect(text.endsWith(` ${rows % 2}`)).toBe(true);
    rows++;
  }
  expect(rows).toBe(600);
});

test('a text past the largest document in Parquet is one line with its row', async () => {
  const path = await parquet(`SELECT repeat('a', i * 34000000) AS text FROM range(2) t(i)`);
  const reading = async () => {
    for await (const _ of documents([path]));
  };
  await expect(reading()).rejects.toThrow(
    `text too long: row 2 of 34000000 bytes, expected at most 33554432 (${path})`,
  );
});

test('a gzip that unpacks to far more than a Parquet file could is refused before the disk is full', async () => {
  const bomb = gzipSync(Buffer.alloc(70 << 20));
  const path = join(await temporaryFolder({ 'a.parquet.gz': bomb }), 'a.parquet.gz');
  const reading = async () => {
    for await (const _ of documents([path]));
  };
  await expect(reading()).rejects.toThrow(/^gzip unpacks to over \d+ bytes, expected a parquet file/);
});
