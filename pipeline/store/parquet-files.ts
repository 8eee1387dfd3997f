import { join } from 'node:path';
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import { DuckDBDataChunk, DuckDBInstance } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import type { Table } from './column-types.ts';
import { fieldOf } from './column-values.ts';
import { copyToParquet, createTable } from './sql.ts';
import { writeVector } from './write-vector.ts';

const CHUNK_ROWS = duckdb.vector_size();

/** A folder of Parquet files of table.fileRows rows each, filled through an in-memory DuckDB table. */
export class ParquetFiles {
  readonly #table: Table;
  readonly #folder: string;
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  #appender: DuckDBAppender;
  #pending: unknown[] = [];
  #rowsInTable = 0;
  #files = 0;

  static async open(table: Table, folder: string): Promise<ParquetFiles> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await instance.connect();
    await connection.run(createTable(table));
    return new ParquetFiles(table, folder, instance, connection, await connection.createAppender(table.name));
  }

  private constructor(
    table: Table,
    folder: string,
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    appender: DuckDBAppender,
  ) {
    this.#table = table;
    this.#folder = folder;
    this.#instance = instance;
    this.#connection = connection;
    this.#appender = appender;
  }

  async append(rows: Iterable<unknown>): Promise<void> {
    for (const row of rows) {
      this.#pending.push(row);
      if (this.#pending.length === CHUNK_ROWS) await this.#flush();
    }
  }

  /** Writes the last file; an empty table still gets one, so that its columns can be read. */
  async close(): Promise<void> {
    if (this.#pending.length > 0) await this.#flush();
    if (this.#rowsInTable > 0 || this.#files === 0) await this.#writeFile();
    this.abort();
  }

  abort(): void {
    this.#appender.closeSync();
    this.#connection.closeSync();
    this.#instance.closeSync();
  }

  async #flush(): Promise<void> {
    this.#appender.appendDataChunk(chunkOf(this.#table, this.#appender, this.#pending));
    this.#rowsInTable += this.#pending.length;
    this.#pending = [];
    if (this.#rowsInTable >= this.#table.fileRows) await this.#writeFile();
  }

  async #writeFile(): Promise<void> {
    this.#appender.closeSync();
    const name = `part-${String(this.#files).padStart(5, '0')}.parquet`;
    await this.#connection.run(copyToParquet(this.#table, join(this.#folder, name)));
    await this.#connection.run(createTable(this.#table));
    this.#appender = await this.#connection.createAppender(this.#table.name);
    this.#files += 1;
    this.#rowsInTable = 0;
  }
}

function chunkOf(table: Table, appender: DuckDBAppender, rows: readonly unknown[]): DuckDBDataChunk {
  const columns = Object.entries(table.columns);
  const chunk = DuckDBDataChunk.create(
    columns.map((_, i) => appender.columnType(i)),
    rows.length,
  );
  for (const [i, [name, type]] of columns.entries()) {
    try {
      writeVector(
        duckdb.data_chunk_get_vector(chunk.chunk, i),
        type,
        rows.map((row) => fieldOf(row, name)),
      );
    } catch (cause) {
      throw new TypeError(`${table.name}.${name}: ${cause instanceof Error ? cause.message : cause}`, { cause });
    }
  }
  return chunk;
}
