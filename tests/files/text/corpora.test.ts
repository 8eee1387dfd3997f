import { mkdir, readFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { documents } from '../../../pipeline/files/text/corpora.ts';
import { corpusFiles } from '../../../pipeline/files/text/corpus-files.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const jsonl = (...texts: string[]) => `${texts.map((text) => JSON.stringify({ text })).join('\n')}\n`;

async function read(...paths: string[]): Promise<string[]> {
  const texts: string[] = [];
  for await (const { text } of documents(paths)) texts.push(text);
  return texts;
}

/** What reading a folder's only file gives, or throws. */
async function readOnly(name: string, content: string | Uint8Array): Promise<string[]> {
  return read(join(await temporaryFolder({ [name]: content }), name));
}

async function parquet(path: string, query: string): Promise<void> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(`COPY (${query}) TO '${path}' (FORMAT parquet)`);
  connection.closeSync();
}

test('a line of JSON Lines is a document, with the byte it begins at, and its line as the source', async () => {
  const dir = await temporaryFolder({ 'a.jsonl': `\uFEFF{"text":"one","id":1}\r\n\n  {"text":"two\\n\\ud800"}` });
  const found = [];
  for await (const document of documents([join(dir, 'a.jsonl')])) found.push(document);
  expect(found).toEqual([
    { text: 'one', file: 'corpus/a.jsonl', offset: 0, source: join(dir, 'a.jsonl:1') },
    { text: 'two\n\ud800', file: 'corpus/a.jsonl', offset: 27, source: join(dir, 'a.jsonl:3') },
  ]);
});

test('a .json file is lines of JSON where each is a value, and else one value whose text fields are read', async () => {
  expect(await readOnly('a.json', jsonl('one', 'two'))).toEqual(['one', 'two']);
  expect(await readOnly('a.json', '{"text":"alone"}')).toEqual(['alone']);
  const country = { Land: { Area: { text: ' 3 sq km ' }, Coast: { text: null, note: { text: 'none' } } } };
  for (const indent of [0, 2]) {
    expect(await readOnly('a.json', JSON.stringify(country, null, indent))).toEqual(['Area: 3 sq km\nnote: none']);
  }
  const list = [{ text: 'one' }, { id: 2 }, { meta: { name: 'x' }, parts: [{ text: 'two' }, { text: 'three' }] }];
  expect(await readOnly('a.json', JSON.stringify(list, null, 1))).toEqual(['one', 'parts: two\nparts: three']);
  expect(await readOnly('a.json.gz', gzipSync(JSON.stringify(list)))).toEqual(['one', 'parts: two\nparts: three']);
});

test('a .json file of neither form, or without text, is refused', async () => {
  const failing: [string, RegExp][] = [
    ['{"text":"a"}\n{"body":"b"}', /^missing text field \(.*a.json:2\)$/],
    ['{\n"story": "a"\n}', /^missing text field \(.*a.json\)$/],
    ['{\n"text": oops}', /^malformed json: neither lines of JSON nor one value \(.*a.json\)$/],
    ['{"a":'.repeat(200), /^malformed json: neither/],
    [`[\n"${'a'.repeat(1 << 25)}"]`, /^(json|line) too long: over 33554432/],
  ];
  for (const [content, message] of failing) await expect(readOnly('a.json', content)).rejects.toThrow(message);
});

test('shuffled, every document comes once, in an order of the seed, and sources are mixed from the beginning', async () => {
  const files = Object.fromEntries(['a', 'b', 'c'].map((name) => [`${name}.jsonl`, jsonl(...numbered(name, 100))]));
  const dir = await temporaryFolder(files);
  const shuffled = async (seed: number) => {
    const texts: string[] = [];
    for await (const { text } of documents([dir], { shuffle: seed })) texts.push(text);
    return texts;
  };
  const texts = await shuffled(1);
  expect(texts).toEqual(await shuffled(1));
  expect(texts).not.toEqual(await shuffled(2));
  expect(texts.toSorted()).toEqual((await read(dir)).toSorted());
  expect(new Set(texts.slice(0, 20).map((text) => text[0]))).toEqual(new Set(['a', 'b', 'c']));
});

const numbered = (name: string, count: number) => Array.from({ length: count }, (_, i) => `${name}${i}`);

test('shuffled, the pieces of a document stay together and in order, however long it is', async () => {
  const long = 'a word '.repeat(3_000_000); // more than is held
  const middling = 'the sea '.repeat(300_000);
  const dir = await temporaryFolder({ 'a.txt': 'a', 'b.txt': long, 'c.txt': middling, 'd.txt': 'd' });
  const found: string[] = [];
  let text = '';
  for await (const piece of documents([dir], { shuffle: 3 })) {
    text += piece.text;
    if (piece.continues) continue;
    found.push(text);
    text = '';
  }
  expect(found.toSorted().map((each) => each.length)).toEqual([1, long.length, 1, middling.length]);
  expect(found).toContain(long);
  expect(found).toContain(middling);
});

test('any other file is one document', async () => {
  expect(await readOnly('story.txt', '\uFEFFone\n\ntwo\n')).toEqual(['one\n\ntwo\n']);
  expect(await readOnly('README', '# 東京')).toEqual(['# 東京']);
});

test('gzip of each is unpacked, of several members too', async () => {
  expect(await readOnly('a.jsonl.gz', gzipSync(jsonl('one', 'two')))).toEqual(['one', 'two']);
  expect(await readOnly('A.JSONL.GZ', gzipSync(jsonl('one', 'two')))).toEqual(['one', 'two']);
  const members = Buffer.concat([gzipSync('one '), gzipSync('two')]);
  expect(await readOnly('a.txt.gz', members)).toEqual(['one two']);
});

test('a Parquet file gives its text column in the order of its rows, in gzip too', async () => {
  const dir = await temporaryFolder();
  const path = join(dir, "it's.parquet");
  await parquet(path.replace("'", "''"), "SELECT i AS id, 'text ' || i AS text FROM range(5000) t(i)");
  const texts = await read(path);
  expect(texts).toEqual(Array.from({ length: 5000 }, (_, i) => `text ${i}`));
  expect(await readOnly('a.parquet.gz', gzipSync(await readFile(path)))).toEqual(texts);
});

test('folders and globs are read by name, hidden files left out and each file once', async () => {
  const dir = await temporaryFolder({
    'b.txt': 'b',
    'a/z.txt': 'z',
    'a/a.jsonl': jsonl('a1', 'a2'),
    'B.txt': 'B',
    '.hidden': '\0',
    '.git/x.txt': 'no',
  });
  expect(await read(dir)).toEqual(['B', 'a1', 'a2', 'z', 'b']);
  expect(await read(join(dir, '**/*.txt'))).toEqual(['B', 'z', 'b']);
  expect(await read(join(relative(process.cwd(), dir), '{a/*.{txt,jsonl},b.txt}'))).toEqual(['a1', 'a2', 'z', 'b']);
  expect(await read(`${dir}/../${basename(dir)}/b.*`)).toEqual(['b']);
  expect(await read(join(dir, 'b.txt'), dir)).toEqual(['b', 'B', 'a1', 'a2', 'z']);
  expect((await corpusFiles([join(dir, '*.txt')])).map(({ bytes }) => bytes)).toEqual([1, 1]);
});

test('a name that looks like a glob is a file where there is one', async () => {
  expect(await readOnly('a[1].txt', 'here')).toEqual(['here']);
});

test('a line far longer than a piece, and characters cut by one, are read whole', async () => {
  const long = '東京'.repeat(200_000);
  expect(await readOnly('a.jsonl', jsonl('short', long, ''))).toEqual(['short', long, '']);
  expect(await readOnly('a.txt.gz', gzipSync(long))).toEqual([long]);
});

test('a long text comes in pieces that no word goes across, and goes on until its last', async () => {
  const text = 'a東  京 \n\n b\u3000'.repeat(300_000);
  const dir = await temporaryFolder({ 'a.txt': text, 'b.txt': 'next' });
  const found = [];
  for await (const document of documents([dir])) found.push(document);
  expect(found.map(({ continues }) => continues ?? false)).toEqual([true, true, true, false, false]);
  expect(
    found
      .slice(0, -1)
      .map((document) => document.text)
      .join(''),
  ).toBe(text);
  for (const [i, piece] of found.slice(1, -1).entries()) {
    expect(piece.text).toMatch(/^\s/);
    expect(found[i]?.text).toMatch(/\S$/);
  }
});

test('stray bytes that are no UTF-8 are replaced, and a binary file is refused', async () => {
  const latin1 = Buffer.from('caf\xe9 au lait, s\xeel vous plait', 'latin1');
  expect(await readOnly('a.txt', latin1)).toEqual(['caf\uFFFD au lait, s\uFFFDl vous plait']);
  expect(await readOnly('a.jsonl', Buffer.from('{"text":"caf\xe9"}', 'latin1'))).toEqual(['caf\uFFFD']);
  await expect(readOnly('a.bin', Uint8Array.of(1, 2, 0, 3))).rejects.toThrow(/^binary file: it holds NUL bytes/);
  await expect(readOnly('a.txt', new Uint8Array(100).fill(0xff))).rejects.toThrow(/^not UTF-8: 100 of 100 characters/);
});

test('what is wrong with a line is told with its file and number', async () => {
  const failing: [string, RegExp][] = [
    ['{"text":"a"}\n{"text": oops}\n', /^malformed json line: "{\\"text\\": oops}" \(.*a.jsonl:2\)$/],
    ['{"text":"a"}\n{"text":"cut', /^malformed json line: .*\(.*a.jsonl:2\)$/],
    ['{"body":"a"}', /^missing text field \(.*a.jsonl:1\)$/],
    ['["a"]', /^missing text field \(.*a.jsonl:1\)$/],
    ['{"text":null}', /^text is null, expected a string \(.*a.jsonl:1\)$/],
    ['{"text":[1]}', /^text is \[1\], expected a string \(.*a.jsonl:1\)$/],
  ];
  for (const [content, message] of failing) await expect(readOnly('a.jsonl', content)).rejects.toThrow(message);
});

test('a damaged file is one line', async () => {
  const packed = gzipSync('some text '.repeat(1000));
  await expect(readOnly('a.txt.gz', packed.subarray(0, packed.length - 10))).rejects.toThrow(
    /^truncated gzip \(.*a.txt.gz\)$/,
  );
  await expect(readOnly('a.txt.gz', Buffer.from('not gzip'))).rejects.toThrow(
    /^damaged gzip: incorrect header check \(/,
  );
  const dir = await temporaryFolder();
  await parquet(join(dir, 'a.parquet'), "SELECT 'text ' || i AS text FROM range(50000) t(i)");
  const whole = await readFile(join(dir, 'a.parquet'));
  const garbled = Buffer.concat([
    whole.subarray(0, 4),
    Buffer.alloc(whole.length / 2, 0xee),
    whole.subarray(4 + whole.length / 2),
  ]);
  await expect(readOnly('a.parquet', garbled)).rejects.toThrow(/^unreadable parquet: .* \(.*a.parquet\)$/);
  await expect(readOnly('a.parquet', 'PAR1 but no more')).rejects.toThrow(/^unreadable parquet: .* \(.*a.parquet\)$/);
});

test('a Parquet file without texts is one line', async () => {
  const dir = await temporaryFolder();
  const path = join(dir, 'a.parquet');
  await parquet(path, "SELECT 1 AS id, 'x' AS body");
  await expect(read(path)).rejects.toThrow(`missing text column: there are id, body (${path})`);
  await parquet(path, 'SELECT 1 AS text');
  await expect(read(path)).rejects.toThrow(`text column is INTEGER, expected VARCHAR (${path})`);
  await parquet(path, "SELECT unnest(['x', NULL]) AS text");
  await expect(read(path)).rejects.toThrow(`missing text: row 2 is null (${path})`);
});

test('a corpus that is not there, or holds no text, is one line', async () => {
  const dir = await temporaryFolder({ 'a.jsonl': '\n\n', 'b.txt': '' });
  await mkdir(join(dir, 'none'));
  await expect(read(dir)).rejects.toThrow(`empty corpus: no text in ${dir}`);
  await expect(read(join(dir, 'none'))).rejects.toThrow(`empty corpus: no files in ${join(dir, 'none')}`);
  await expect(read('no/such.txt')).rejects.toThrow('corpus not found: no/such.txt');
  await expect(read(join(dir, '*.md'))).rejects.toThrow(`corpus not found: no files match ${join(dir, '*.md')}`);
  await expect(read()).rejects.toThrow('empty corpus: no paths given');
});

test('reading may stop early', async () => {
  const dir = await temporaryFolder({
    'a.jsonl.gz': gzipSync(jsonl(...Array.from({ length: 50_000 }, () => 'x'.repeat(50)))),
  });
  for await (const { text } of documents([dir])) {
    expect(text).toHaveLength(50);
    break;
  }
});
