import { readParquet, sqlText } from '../files/duckdb-path.ts';
import { sqlColumns, sqlType, type Table } from './column-types.ts';

export function createTable(table: Table): string {
  return `CREATE OR REPLACE TABLE "${table.name}" (${sqlColumns(table.columns)})`;
}

/** Rows are written in the order they came. */
export function copyToParquet(table: Table, file: string): string {
  const options = `FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${table.rowGroupRows}`;
  return `COPY "${table.name}" TO ${sqlText(file)} (${options})`;
}

/** A run's files do not change while it is read, so their footers need reading once. */
export const cacheMetadata = 'SET GLOBAL parquet_metadata_cache = true';

/**
 * A table of a run under its own name, so that the queries below need not know where the run lies. Columns that the run
 * is too old to have are null.
 */
export function createView(table: Table, files: readonly string[], absent: readonly string[] = []): string {
  const nulls = absent.map((name) => `, CAST(NULL AS ${sqlType(table.columns[name])}) AS "${name}"`);
  return `CREATE OR REPLACE VIEW "${table.name}" AS SELECT *${nulls.join('')} FROM ${readParquet(files)}`;
}

export function describeTable(table: Table): string {
  return `SELECT column_name, column_type FROM (DESCRIBE "${table.name}")`;
}
