import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { sqlText } from '../../pipeline/files/duckdb-path.ts';
import { documents } from '../../pipeline/files/text/corpora.ts';
import { zMeans } from '../../pipeline/measures/quality/table.ts';
import { openQueries } from '../../pipeline/store/query.ts';
import { openTable } from '../../pipeline/store/writer.ts';
import { selectZMeans } from '../../pipeline/tables/sql.ts';
import { hostileNames } from './hostile-names.ts';
import { temporaryFolder } from './temporary-folder.ts';

async function textsOf(...paths: string[]): Promise<string[]> {
  const texts: string[] = [];
  for await (const { text } of documents(paths)) texts.push(text);
  return texts;
}

async function writeParquet(path: string, text: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`COPY (SELECT ${sqlText(text)} AS text) TO ${sqlText(path)} (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
}

test.each(hostileNames)('a corpus file and folder called %s are read, and no others', async (name, decoys) => {
  const dir = await temporaryFolder();
  for (const called of [name, ...decoys]) {
    await mkdir(join(dir, called));
    await writeFile(join(dir, called, `${called}.jsonl`), JSON.stringify({ text: called }));
    await writeParquet(join(dir, called, `${called}.parquet`), called);
  }
  for (const ending of ['jsonl', 'parquet']) {
    expect(await textsOf(join(dir, name, `${name}.${ending}`))).toEqual([name]);
    expect(await textsOf(join(dir, name, `*.${ending}`))).toEqual([name]);
  }
  expect(await textsOf(join(dir, name))).toEqual([name, name]);
});

test.each(hostileNames)(
  'tables are written to and read from a folder called %s, and from no other',
  async (name, decoys) => {
    const dir = await temporaryFolder();
    const others = [...decoys, 'o'];
    for (const [layer, called] of [name, ...others].entries()) {
      const writer = await openTable(join(dir, called), zMeans);
      await writer.append([{ layer, mean_z: Float32Array.of(1) }]);
      await writer.close();
    }
    const queries = await openQueries(join(dir, name), [zMeans]);
    const rows = await queries.rows(zMeans.columns, selectZMeans);
    queries.close();
    expect(rows.map(({ layer }) => layer)).toEqual([0]);
    expect((await readdir(dir)).sort()).toEqual([name, ...others].sort());
  },
);

test('a folder called like a column gives no column', async () => {
  const dir = await temporaryFolder();
  await mkdir(join(dir, 'text=other'));
  await writeParquet(join(dir, 'text=other', 'a.parquet'), 'own');
  expect(await textsOf(dir)).toEqual(['own']);
});
