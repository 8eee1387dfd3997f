import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { writeSyntheticRun } from '../../bench/synthetic/synthetic-run.ts';
import { publishTables } from '../../pipeline/publish/publish-tables.ts';
import { temporaryFolder } from '../files/temporary-folder.ts';

test('a site offers features, heads and SAEs as they are, and lists them with their sizes and columns', async () => {
  const folder = await temporaryFolder();
  const [run, site] = [join(folder, 'run'), join(folder, 'site')];
  await writeSyntheticRun(run, { layers: 1, features: 12, heads: 2, vocabulary: 64, seed: 5 });
  const bytes = await publishTables(run, site);
  const { tables } = JSON.parse(await readFile(join(site, 'data/index.json'), 'utf8'));
  expect(tables.map(({ name }: { name: string }) => name)).toEqual(['features', 'heads', 'saes']); // without labels
  let sum = 0;
  for (const { files } of tables) {
    for (const file of files) {
      expect((await stat(join(site, 'data', file.path))).size).toBe(file.bytes);
      expect(await readFile(join(site, 'data', file.path))).toEqual(await readFile(join(run, file.path)));
      sum += file.bytes;
    }
  }
  expect(bytes).toBe(sum);
  const [{ files, columns }] = tables;
  const connection = await (await DuckDBInstance.create()).connect();
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM '${join(site, 'data', files[0].path)}'`);
  expect(described.getRowObjectsJson().map(({ column_name }) => column_name)).toEqual(Object.keys(columns));
});
