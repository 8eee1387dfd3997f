import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { shortened } from '../../errors/printable.ts';
import { UserError } from '../../errors/user-error.ts';
import { readCsv, readParquet, sniffCsv } from '../../files/duckdb-path.ts';
import { openFile } from '../../files/files.ts';

/** The rows of a CSV, TSV or Parquet file as objects of texts and JSON values. Throws UserError for an unreadable one. */
export async function* tableFileRows(path: string): AsyncGenerator<object> {
  await (await openFile(path)).close(); // a file that is missing is said to be so
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    const isParquet = /\.parquet$/i.test(path);
    const isUnquoted = !isParquet && (await hasNoQuotes(connection, path));
    const result = await connection.stream(`SELECT * FROM ${isParquet ? readParquet([path]) : readCsv(path)}`);
    for await (const rows of result.yieldRowObjectJson()) {
      for (const row of rows) {
        if (isUnquoted) requireClosed(row, path);
        yield row;
      }
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof UserError) throw error;
    throw new UserError(`unreadable table: ${reasonOf(message)} (${path})`, { cause: error });
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Whether DuckDB takes quotes for letters, as it does where they do not match. */
async function hasNoQuotes(connection: DuckDBConnection, path: string): Promise<boolean> {
  const sniffed = await connection.runAndReadAll(`SELECT Quote FROM ${sniffCsv(path)}`);
  return sniffed.getRows().some(([quote]) => quote !== '"');
}

/** Whole cells `"a` and `"a" and "b`, and no others. */
const opened = /^"[^"]*(?:"[^"]*"[^"]*)*$/;

function requireClosed(row: object, path: string): void {
  const cell = Object.values(row).find((value) => typeof value === 'string' && opened.test(value));
  if (cell !== undefined)
    throw new UserError(`unreadable table: a quote is never closed: ${JSON.stringify(shortened(cell, 80))} (${path})`);
}

/** What DuckDB says at first; of a row of a CSV, which it shows then, the reason too, with which its paragraph ends. */
function reasonOf(message: string): string {
  const [first = '', row, ...rest] = message.split('\n\n', 1).flatMap((paragraph) => paragraph.split('\n'));
  return row?.startsWith('Original Line: ') && rest.length > 0 ? `${first}: ${rest.at(-1)}` : first;
}
