import type { NewRowOf, Table } from './column-types.ts';
import { openTable, type TableWriter } from './writer.ts';

/** A table that rows are added to, and nothing else. */
export type Filling<T extends Table> = Pick<TableWriter<NewRowOf<T>>, 'append'>;

/** Writes outDir/NAME: it takes its place once `fill` has added every row, and where that fails what stood there stays. */
export async function fillTable<T extends Table, R>(
  outDir: string,
  table: T,
  fill: (rows: Filling<T>) => Promise<R>,
): Promise<R> {
  const writer = await openTable(outDir, table);
  try {
    const result = await fill(writer);
    await writer.close();
    return result;
  } catch (error) {
    await writer.abort();
    throw error;
  }
}
