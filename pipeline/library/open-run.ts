import type { RunRecord } from '../record/run-record.ts';
import type { RowOf, Table } from '../store/column-types.ts';
import { openQueries, type Queries } from '../store/query.ts';
import { readRunRecord } from '../tables/read-run-record.ts';
import { namedTables } from './named-tables.ts';
import { type TableReader, tableReader } from './table-reader.ts';

/** A reader of each table by its name; those of a study that was not run read as empty. */
export type RunTables = {
  readonly [K in keyof typeof namedTables]: TableReader<RowOf<(typeof namedTables)[K]>>;
};

/** A finished run. */
export interface OpenRun {
  /** OUT/run.json: what was run on what, its counts and its timings. */
  readonly record: RunRecord;
  readonly tables: RunTables;
  /** Frees the database; the tables cannot be read afterwards. */
  close(): void;
  [Symbol.dispose](): void;
}

/** Opens OUT of a finished run. Throws UserError where a table is missing, lacks a column or cannot be read. */
export async function openRun(out: string): Promise<OpenRun> {
  const record = await readRunRecord(out);
  const queries = await openQueries(out, Object.values<Table>(namedTables));
  const close = () => queries.close();
  return { record, tables: readers(queries), close, [Symbol.dispose]: close };
}

function readers(queries: Queries): RunTables {
  const entries = Object.entries<Table>(namedTables).map(([name, table]) => [name, tableReader(table, queries)]);
  return Object.fromEntries(entries); // each by the table of its own name
}
