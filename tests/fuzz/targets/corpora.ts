import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { documents } from '../../../pipeline/files/text/corpora.ts';
import { pickOne } from '../../../pipeline/numbers/seeded-random.ts';
import type { FuzzTarget } from '../fuzz.ts';
import { mutateBytes, mutateJson } from '../mutate.ts';

async function readCorpus(path: string, bytes: Uint8Array): Promise<void> {
  await writeFile(path, bytes);
  let last = '';
  for await (const { text } of documents([path])) last = text;
  if (typeof last !== 'string') throw new TypeError('a document without text');
}

const jsonLines: FuzzTarget = {
  name: 'JSON Lines',
  share: 8,
  run(random, folder) {
    const records = [{ text: 'one' }, { text: 'two 漢字', id: 1, meta: { a: [1] } }, { text: '\ud800' }];
    const text = records.map((record) => mutateJson(random, record)).join(pickOne(random, ['\n', '\r\n', '\n\n']));
    return readCorpus(join(folder, 'a.jsonl'), mutateBytes(random, Buffer.from(`\uFEFF${text}`)));
  },
};

const plain: FuzzTarget = {
  name: 'plain text',
  share: 8,
  run: (random, folder) =>
    readCorpus(join(folder, 'a.txt'), mutateBytes(random, Buffer.from('some words, 漢字 and é\r\n'.repeat(5)))),
};

const packed: FuzzTarget = {
  name: 'gzip',
  share: 4,
  run(random, folder) {
    const text = pickOne(random, ['{"text":"a"}\n'.repeat(9), '\n'.repeat(1e5), 'x'.repeat(1e5)]);
    const name = pickOne(random, ['a.jsonl.gz', 'a.txt.gz']);
    return readCorpus(join(folder, name), mutateBytes(random, gzipSync(text)));
  },
};

const parquetFiles = new Map<string, Promise<Uint8Array>>();

/** A small Parquet file as DuckDB writes it. */
async function parquetOf(folder: string, options: string): Promise<Uint8Array> {
  const path = join(folder, 'seed.parquet');
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const rows = `SELECT i AS id, CASE WHEN i % 3 = 0 THEN 'same' ELSE 'text ' || i END AS text FROM range(40) t(i)`;
  await connection.run(`COPY (${rows}) TO '${path}' (FORMAT parquet${options})`);
  connection.closeSync();
  instance.closeSync();
  return readFile(path);
}

const parquet: FuzzTarget = {
  name: 'Parquet',
  share: 1,
  async run(random, folder) {
    const options = pickOne(random, [', COMPRESSION zstd', ', COMPRESSION snappy', ', COMPRESSION uncompressed']);
    const seed = parquetFiles.get(options) ?? parquetOf(folder, options);
    parquetFiles.set(options, seed);
    await readCorpus(join(folder, 'a.parquet'), mutateBytes(random, await seed));
  },
};

export const corpusTargets: readonly FuzzTarget[] = [jsonLines, plain, packed, parquet];
