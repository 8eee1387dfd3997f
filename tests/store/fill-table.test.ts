import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { int, type Table } from '../../pipeline/store/column-types.ts';
import { fillTable } from '../../pipeline/store/fill-table.ts';
import { openQueries } from '../../pipeline/store/query.ts';
import { temporaryFolder } from '../tables/temporary-folder.ts';

const columns = { n: int };
const table: Table<typeof columns> = { name: 't', columns, sortedBy: [], rowGroupRows: 2048, fileRows: 4096 };

async function numbers(folder: string) {
  const queries = await openQueries(folder, [table]);
  const rows = await queries.rows(columns, 'SELECT n FROM t ORDER BY n');
  queries.close();
  return rows.map(({ n }) => n);
}

test('a table that cannot be filled leaves the one before it, and none of its own files', async () => {
  const folder = await temporaryFolder();
  expect(await fillTable(folder, table, (rows) => rows.append([{ n: 1 }, { n: 2 }]).then(() => 'done'))).toBe('done');
  const failing = fillTable(folder, table, async (rows) => {
    await rows.append([{ n: 3 }]);
    throw new RangeError('no more rows');
  });
  await expect(failing).rejects.toThrow('no more rows');
  expect(await readdir(folder)).toEqual(['t']);
  expect(await numbers(folder)).toEqual([1, 2]);
});
