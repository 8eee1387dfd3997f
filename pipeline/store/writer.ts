import { dirname, join } from 'node:path';
import { makeFolder, removeEmptyFolder, removePath, renamePath, syncFolder } from '../disk/disk.ts';
import type { NewRowOf, Table } from './column-types.ts';
import { openParquetFiles } from './parquet-files.ts';
import { removeTable } from './table-folder.ts';

export interface TableWriter<Row> {
  /** Adds rows, which come in the table's sort order and whose arrays stay as they are until close(). */
  append(rows: Iterable<Row>): Promise<void>;
  /** Writes what is left and puts the table in its place. Throws UserError where something else than a table is there. */
  close(): Promise<void>;
  /** Gives up: what stands in the table's place stays. After close() it does nothing. */
  abort(): Promise<void>;
}

/**
 * Writes outDir/NAME/*.parquet, which appears only when whole: until close() its files lie under outDir/.work.
 * Memory is bounded by the table's fileRows; the bytes depend on the rows alone, not on how they were appended.
 */
export async function openTable<T extends Table>(outDir: string, table: T): Promise<TableWriter<NewRowOf<T>>> {
  const place = join(outDir, table.name);
  const work = join(outDir, '.work', 'tables', table.name);
  await removePath(work);
  await makeFolder(work);
  const files = await openParquetFiles(table, work);

  return {
    append: (rows) => files.append(rows),
    async close() {
      await files.close();
      await syncFolder(work);
      await removeTable(place);
      await renamePath(work, place);
      await leave(work);
    },
    async abort() {
      await files.abort();
      await removePath(work);
      await leave(work);
    },
  };
}

/** Removes the folders that a table was written in, unless others write there. */
async function leave(work: string): Promise<void> {
  const tables = dirname(work);
  await removeEmptyFolder(tables);
  await removeEmptyFolder(dirname(tables));
}
