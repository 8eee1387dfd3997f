import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import { UserError } from '../core/user-error.ts';
import { byteStream } from './byte-stream.ts';

/** The `text` column of a Parquet file, row by row; one in gzip is unpacked to a temporary file first. */
export async function* parquetTexts(path: string): AsyncGenerator<string> {
  if (!path.endsWith('.gz')) {
    yield* readParquet(path, path);
    return;
  }
  const dir = await mkdtemp(join(tmpdir(), 'atlas-'));
  try {
    const unpacked = join(dir, 'corpus.parquet');
    await pipeline(Readable.from(byteStream(path)), createWriteStream(unpacked));
    yield* readParquet(unpacked, path);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** `source` is the file's name in messages. */
async function* readParquet(path: string, source: string): AsyncGenerator<string> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    await requireTextColumn(connection, path, source);
    let row = 0;
    for await (const rows of textRows(connection, path)) {
      for (const [text] of rows) {
        row++;
        if (typeof text !== 'string') throw new UserError(`missing text: row ${row} is null (${source})`);
        yield text;
      }
    }
  } catch (error) {
    throw parquetError(error, source);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function* textRows(connection: DuckDBConnection, path: string): AsyncGenerator<DuckDBValue[][]> {
  const result = await connection.stream(`SELECT text FROM read_parquet(${quote(path)})`);
  yield* result.yieldRows();
}

async function requireTextColumn(connection: DuckDBConnection, path: string, source: string): Promise<void> {
  const reader = await connection.runAndReadAll(`DESCRIBE SELECT * FROM read_parquet(${quote(path)})`);
  const columns = reader.getRowObjects();
  const column = columns.find(({ column_name: name }) => name === 'text');
  if (!column) {
    const names = columns.map(({ column_name: name }) => String(name)).join(', ');
    throw new UserError(`missing text column: there are ${names} (${source})`);
  }
  if (column.column_type !== 'VARCHAR') {
    throw new UserError(`text column is ${String(column.column_type)}, expected VARCHAR (${source})`);
  }
}

/** DuckDB's complaint about a file, as one line. */
function parquetError(error: unknown, source: string): unknown {
  if (error instanceof UserError || !(error instanceof Error)) return error;
  return new UserError(`unreadable parquet: ${error.message.split('\n')[0]} (${source})`);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
