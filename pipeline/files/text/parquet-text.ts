import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type DuckDBConnection, DuckDBInstance, type DuckDBVector } from '@duckdb/node-api';
import { UserError } from '../../errors/user-error.ts';
import { byteStream, isGzip } from '../byte-stream.ts';
import { readParquet } from '../duckdb-path.ts';
import { maxDocumentBytes } from '../lines.ts';

/** What DuckDB may hold of pages and dictionaries, whatever size the file says they unpack to. */
const memoryLimit = '512MB';
/** Texts of one query together: DuckDB copies up to 2,048 rows at once, and a small file can repeat one long text. */
const windowBytes = 1 << 26;
/** How many times its size a gzip of Parquet may unpack to, on the disk. */
const maxUnpacking = 20;

/** The `text` column of a Parquet file, row by row; one in gzip is unpacked to a temporary file first. */
export async function* parquetTexts(path: string): AsyncGenerator<string> {
  if (!isGzip(path)) {
    yield* textsOf(path, path);
    return;
  }
  const dir = await mkdtemp(join(tmpdir(), 'atlas-'));
  try {
    const unpacked = join(dir, 'corpus.parquet');
    await pipeline(Readable.from(unpackedBytes(path)), createWriteStream(unpacked));
    yield* textsOf(unpacked, path);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** A gzip's bytes, so long as they are no more than a Parquet file, which is packed already, can unpack to. */
async function* unpackedBytes(path: string): AsyncGenerator<Uint8Array> {
  const most = (await stat(path)).size * maxUnpacking + windowBytes;
  let bytes = 0;
  for await (const piece of byteStream(path)) {
    bytes += piece.length;
    if (bytes > most) throw new UserError(`gzip unpacks to over ${most} bytes, expected a parquet file (${path})`);
    yield piece;
  }
}

/** `source` is the file's name in messages. */
async function* textsOf(path: string, source: string): AsyncGenerator<string> {
  const options = { threads: '1', memory_limit: memoryLimit, temp_directory: '' };
  const instance = await DuckDBInstance.create(':memory:', options);
  const sizes = await instance.connect();
  const texts = await instance.connect();
  try {
    await requireTextColumn(texts, path, source);
    for await (const window of textWindows(sizes, path, source)) yield* windowTexts(texts, path, window);
  } catch (error) {
    throw parquetError(error, source);
  } finally {
    sizes.closeSync();
    texts.closeSync();
    instance.closeSync();
  }
}

/** Rows `first` up to, not including, `end`. */
interface RowWindow {
  readonly first: number;
  readonly end: number;
}

/** All rows in windows of bounded text, found from their lengths. */
async function* textWindows(connection: DuckDBConnection, path: string, source: string): AsyncGenerator<RowWindow> {
  let first = 0;
  let row = 0;
  let held = 0;
  const lengths = `SELECT CAST(strlen(text) AS DOUBLE) FROM ${readParquet([path])}`;
  for await (const length of column(connection, lengths)) {
    const bytes = checkedLength(length, row + 1, source);
    if (row > first && held + bytes > windowBytes) {
      yield { first, end: row };
      first = row;
      held = 0;
    }
    held += bytes;
    row++;
  }
  if (row > first) yield { first, end: row };
}

function checkedLength(bytes: unknown, row: number, source: string): number {
  if (typeof bytes !== 'number') throw new UserError(`missing text: row ${row} is null (${source})`);
  if (bytes <= maxDocumentBytes) return bytes;
  throw new UserError(`text too long: row ${row} of ${bytes} bytes, expected at most ${maxDocumentBytes} (${source})`);
}

async function* windowTexts(connection: DuckDBConnection, path: string, window: RowWindow): AsyncGenerator<string> {
  const rows = `file_row_number >= ${window.first} AND file_row_number < ${window.end}`;
  const statement = `SELECT text FROM ${readParquet([path], 'file_row_number = true')} WHERE ${rows}`;
  for await (const text of column(connection, statement)) yield String(text);
}

/** The values of a statement's only column, each decoded when it is asked for and then let go. */
async function* column(connection: DuckDBConnection, statement: string): AsyncGenerator<unknown> {
  const result = await connection.stream(statement);
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    const vector: DuckDBVector = chunk.getColumnVector(0);
    // A vector keeps what it has decoded; one of a single row is dropped with it.
    for (let i = 0; i < chunk.rowCount; i++) yield vector.slice(i, 1).getItem(0);
  }
}

async function requireTextColumn(connection: DuckDBConnection, path: string, source: string): Promise<void> {
  const reader = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${readParquet([path])}`);
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
  if (error.message.startsWith('Out of Memory')) {
    return new UserError(
      `parquet needs over ${memoryLimit} at once, expected smaller pages and row groups (${source})`,
    );
  }
  return new UserError(`unreadable parquet: ${error.message.split('\n')[0]} (${source})`);
}
