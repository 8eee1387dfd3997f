import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { selectFamilyExemplars, selectFamilyMix } from '../../pipeline/measures/families/family-mix.ts';
import { selectSaeMatches } from '../../pipeline/measures/neighbours/sae-matches.ts';
import { studyTables } from '../../pipeline/measures/studies/table.ts';
import { copyToParquet, createTable, describeTable } from '../../pipeline/store/statements.ts';
import { allTables } from '../../pipeline/tables/schema.ts';
import * as sql from '../../pipeline/tables/sql.ts';

const range = { sae: '0', from: 0, to: 2048 };

async function connect() {
  const connection = await (await DuckDBInstance.create()).connect();
  for (const table of allTables) await connection.run(createTable(table));
  return connection;
}

test.each([
  sql.selectSaes,
  sql.selectHeads,
  sql.selectHeadCircuits,
  sql.selectZMeans,
  sql.selectVocabulary,
  sql.selectContexts(0, 10),
  sql.selectDocuments([0, 7]),
  sql.selectFeatures(range),
  sql.selectExamples(range),
  sql.selectFeaturesAmong('0', [1, 5]),
  sql.selectTopExamples('0', [1, 5]),
  sql.selectSae(allTables[0], "it's"),
  sql.selectNeighbours(range),
  sql.selectUpstream(range),
  sql.selectWiring(range),
  sql.selectHeadSequences(0),
  sql.selectFamilyChecks(range),
  sql.selectLiveFeatures('0'),
  sql.selectFeatureIndex('0'),
  sql.selectLabels(range, [{ id: '0', sha256: 'a' }]),
  sql.selectFeatureNames(
    new Map([
      ['0', [1, 2]],
      ["it's", undefined],
    ]),
    [{ id: '0', sha256: 'a' }],
  ),
  sql.selectFeatureNames(new Map(), []),
  selectFamilyMix,
  selectFamilyExemplars(5),
  selectSaeMatches,
  ...studyTables.map(sql.selectTable),
])('DuckDB can plan %s', async (statement) => {
  const connection = await connect();
  const plan = await connection.runAndReadAll(`EXPLAIN ${statement}`);
  expect(plan.currentRowCount).toBeGreaterThan(0);
});

test.each(allTables)('DuckDB can plan the statements that write and check $name', async (table) => {
  const connection = await connect();
  for (const statement of [
    createTable({ ...table, name: `new ${table.name}` }),
    copyToParquet(table, "it's.parquet"),
    describeTable(table),
  ]) {
    await connection.run(`EXPLAIN ${statement}`);
  }
});
