import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { UserError } from '../errors/user-error.ts';
import { type Columns, type RowColumns, sqlType, type Table, text } from './column-types.ts';
import { hasNulls, readVector, rowsOf } from './read-vector.ts';
import * as sql from './statements.ts';

export interface Queries {
  /** Runs a statement whose result has these columns in this order. */
  rows<C extends Columns>(columns: C, statement: string): Promise<RowColumns<C>[]>;
  /** The same, some thousand rows at a time, each made when it is come to. */
  batches<C extends Columns>(columns: C, statement: string): AsyncIterable<Iterable<RowColumns<C>>>;
  close(): void;
}

/** Puts each table's Parquet files behind a view of its name, after checking that they are there and as declared. */
export async function openQueries(outDir: string, tables: readonly Table[]): Promise<Queries> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  await connection.run(sql.cacheMetadata);
  try {
    for (const table of tables) await openView(connection, outDir, table);
  } catch (error) {
    instance.closeSync();
    throw error;
  } finally {
    connection.closeSync();
  }
  return {
    rows: (columns, statement) => named(outDir, () => readRowsAlone(instance, columns, statement)),
    async *batches(columns, statement) {
      const connection = await instance.connect();
      try {
        yield* readBatches(connection, columns, statement);
      } catch (error) {
        throw inOneLine(error, outDir);
      } finally {
        connection.closeSync();
      }
    },
    close: () => instance.closeSync(),
  };
}

/** Reads on a connection of its own: a second statement on the same one would silently end the first's rows. */
async function readRowsAlone<C extends Columns>(
  instance: DuckDBInstance,
  columns: C,
  statement: string,
): Promise<RowColumns<C>[]> {
  const connection = await instance.connect();
  try {
    return await readRows(connection, columns, statement);
  } finally {
    connection.closeSync();
  }
}

async function openView(connection: DuckDBConnection, outDir: string, table: Table): Promise<void> {
  const folder = join(outDir, table.name);
  const files = await parquetFilesIn(folder);
  if (files.length === 0 && table.optional) return void (await connection.run(sql.createTable(table)));
  if (files.length === 0) throw new UserError(`table ${table.name} is missing: expected ${folder}/*.parquet`);
  const view = (absent?: readonly string[]) =>
    named(folder, () => connection.run(sql.createView(table, files, absent)));
  await view();
  const described = await readRows(connection, { column_name: text, column_type: text }, sql.describeTable(table));
  const types = new Map(described.map((row) => [row.column_name, row.column_type]));
  const optional = Object.entries(table.columns).filter(([name, { kind }]) => kind === 'nullable' && !types.has(name));
  if (optional.length > 0) await view(optional.map(([name]) => name));
  for (const [name, column] of Object.entries(table.columns)) {
    if (optional.some(([absent]) => absent === name)) continue;
    const actual = unquoted(types.get(name) ?? 'missing');
    const expected = unquoted(sqlType(column));
    if (actual !== expected) {
      throw new UserError(`column ${table.name}.${name} is ${actual}, expected ${expected} (${folder})`);
    }
  }
}

/** By name, so that rows come in the order they were written in. */
async function parquetFilesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.endsWith('.parquet'))
    .sort()
    .map((name) => join(folder, name));
}

async function readRows<C extends Columns>(
  connection: DuckDBConnection,
  columns: C,
  statement: string,
): Promise<RowColumns<C>[]> {
  const rows: RowColumns<C>[] = [];
  for await (const batch of readBatches(connection, columns, statement)) for (const row of batch) rows.push(row);
  return rows;
}

async function* readBatches<C extends Columns>(
  connection: DuckDBConnection,
  columns: C,
  statement: string,
): AsyncGenerator<Iterable<RowColumns<C>>> {
  const result = await connection.stream(statement);
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    const count = chunk.rowCount;
    const raw = chunk.chunk;
    const cells = Object.entries(columns).map(([name, type], i) => {
      const vector = duckdb.data_chunk_get_vector(raw, i);
      if (type.kind !== 'nullable' && type.kind !== 'bound' && hasNulls(vector, count))
        throw new UserError(`${name} is null, expected a value`);
      return readVector(vector, type, count);
    });
    // What the chunk holds is copied: it goes now, and not when its object is collected, gigabytes later.
    duckdb.data_chunk_reset(raw);
    // openView has checked each table's types against the declaration that RowColumns comes from.
    yield rowsFrom(rowsOf(Object.keys(columns), cells) as (row: number) => RowColumns<C>, count);
  }
}

function* rowsFrom<Row>(rowAt: (row: number) => Row, count: number): Generator<Row> {
  for (let row = 0; row < count; row++) yield rowAt(row);
}

/** Runs an effect on files; what DuckDB says against their content becomes one line for the user. */
async function named<T>(place: string, effect: () => Promise<T>): Promise<T> {
  try {
    return await effect();
  } catch (error) {
    throw inOneLine(error, place);
  }
}

/** What is said against files' content as a line for the user; any other error as it is. */
function inOneLine(error: unknown, place: string): unknown {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UserError || /^(Binder|Parser|Catalog) Error/.test(message)) return error;
  return new UserError(`cannot read Parquet: ${message.split('\n', 1)[0]} (${place})`, { cause: error });
}

function unquoted(type: string): string {
  return type.replaceAll('"', '');
}
