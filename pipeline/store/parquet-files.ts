import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DuckDBAppender } from '@duckdb/node-api';
import { DuckDBDataChunk, DuckDBInstance } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { change, syncFile } from '../disk/disk.ts';
import { UserError } from '../errors/user-error.ts';
import type { Table } from './column-types.ts';
import { fieldOf } from './column-values.ts';
import { nonFiniteCell } from './non-finite-cell.ts';
import { copyToParquet, createTable } from './statements.ts';
import { writeVector } from './write-vector.ts';

const CHUNK_ROWS = duckdb.vector_size();

export interface ParquetFiles {
  append(rows: Iterable<unknown>): Promise<void>;
  /** Writes the last file; an empty table still gets one, so that its columns can be read. */
  close(): Promise<void>;
  /** Closes without writing; after close() it does nothing. */
  abort(): Promise<void>;
}

/**
 * Fills a folder with Parquet files of table.fileRows rows each, through in-memory DuckDB tables of one thread: while the
 * rows of one are encoded and written, another takes in those of the next file.
 */
export async function openParquetFiles(table: Table, folder: string): Promise<ParquetFiles> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  // A connection does one thing at a time.
  const [filling, writing] = [await instance.connect(), await instance.connect()];
  const tables = [0, 1].map((i): Table => ({ ...table, name: `${table.name} ${i}` }));
  let [filled, tableRows, files] = [0, 0, 0];
  let appender = await emptyTable();
  let pending: unknown[] = [];
  let written = Promise.resolve();
  let open = true;

  async function emptyTable(): Promise<DuckDBAppender> {
    await filling.run(createTable(tables[filled]));
    return filling.createAppender(tables[filled].name);
  }

  async function flush(): Promise<void> {
    appender.appendDataChunk(chunkOf(table, appender, pending));
    tableRows += pending.length;
    pending = [];
    if (tableRows >= table.fileRows) await startFile();
    await nextTurn(); // rows that are made without a wait would keep signals and timers from being heard
  }

  /** Begins to write the rows that are there as a file, once the file before is written. */
  async function startFile(): Promise<void> {
    await written;
    appender.closeSync();
    written = writeFile(tables[filled], join(folder, `part-${String(files).padStart(5, '0')}.parquet`));
    written.catch(() => {}); // heard by whoever waits for it next
    files += 1;
    tableRows = 0;
    filled = 1 - filled;
    appender = await emptyTable();
  }

  async function writeFile(own: Table, file: string): Promise<void> {
    await change('write', file, () => writing.run(copyToParquet(own, file))).catch((cause) => {
      throw new UserError(`cannot write ${file}: ${messageOf(cause)}`, { cause });
    });
    await writing.run(createTable(own)); // gives its memory back
    await syncFile(file);
  }

  async function abort(): Promise<void> {
    if (!open) return;
    open = false;
    await written.catch(() => {});
    appender.closeSync();
    filling.closeSync();
    writing.closeSync();
    instance.closeSync();
  }

  return {
    async append(rows) {
      for (const row of rows) {
        pending.push(row);
        if (pending.length === CHUNK_ROWS) await flush();
      }
    },
    async close() {
      if (pending.length > 0) await flush();
      if (tableRows > 0 || files === 0) await startFile();
      await written;
      await abort();
    },
    abort,
  };
}

function chunkOf(table: Table, appender: DuckDBAppender, rows: readonly unknown[]): DuckDBDataChunk {
  const columns = Object.entries(table.columns);
  const types = columns.map((_, i) => appender.columnType(i));
  const chunk = DuckDBDataChunk.create(types, rows.length);
  for (const [i, [name, type]] of columns.entries()) {
    const values = rows.map((row) => fieldOf(row, name));
    try {
      writeVector(duckdb.data_chunk_get_vector(chunk.chunk, i), type, values);
    } catch (cause) {
      throw nonFiniteCell(table, name, rows) ?? new TypeError(`${table.name}.${name}: ${messageOf(cause)}`, { cause });
    }
  }
  return chunk;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause);
}
