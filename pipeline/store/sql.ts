import type { Table } from './column-types.ts';
import { sqlColumns } from './column-types.ts';

/** Text as an SQL literal. */
export function literal(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

export function createTable(table: Table): string {
  return `CREATE OR REPLACE TABLE "${table.name}" (${sqlColumns(table.columns)})`;
}

/** Rows leave in the order they came: one thread, so that the same rows give the same bytes. */
export function copyToParquet(table: Table, file: string): string {
  const options = `FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${table.rowGroupRows}`;
  return `COPY "${table.name}" TO ${literal(file)} (${options})`;
}
