import { DuckDBInstance } from '@duckdb/node-api';
import { UserError } from '../../errors/user-error.ts';
import { readCsv, readParquet } from '../../files/duckdb-path.ts';
import { openFile } from '../../files/files.ts';

/** The rows of a CSV, TSV or Parquet file as objects of texts and JSON values. Throws UserError for an unreadable one. */
export async function* tableFileRows(path: string): AsyncGenerator<object> {
  await (await openFile(path)).close(); // a file that is missing is said to be so
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    const from = /\.parquet$/i.test(path) ? readParquet([path]) : readCsv(path);
    const result = await connection.stream(`SELECT * FROM ${from}`);
    for await (const rows of result.yieldRowObjectJson()) yield* rows;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof UserError) throw error;
    throw new UserError(`unreadable table: ${message.split('\n', 1)[0]} (${path})`, { cause: error });
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
