import { DuckDBInstance } from '@duckdb/node-api';
import { sqlText } from '../pipeline/files/duckdb-path.ts';

/** The rows of every query of a script that is started in a folder, values as JSON. */
export async function queriedIn(folder: string, script: string) {
  const connection = await (await DuckDBInstance.create()).connect();
  await connection.run(`SET file_search_path = ${sqlText(folder)}`);
  const statements = await connection.extractStatements(script);
  const results = [];
  for (let i = 0; i < statements.count; i++) {
    const result = await (await statements.prepare(i)).runAndReadAll();
    if (result.columnCount > 1) results.push(result.getRowObjectsJson());
  }
  connection.closeSync();
  return results;
}
