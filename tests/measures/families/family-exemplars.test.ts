import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { selectFamilyExemplars } from '../../../pipeline/measures/families/family-mix.ts';
import { familyScore } from '../../../pipeline/measures/families/maths/family-scores.ts';

test('features without a confidence come after those with one, and have none; what was tried at random is beside it', async () => {
  const connection = await (await DuckDBInstance.create()).connect();
  const scores = Object.values(familyScore).map((name) => `${name} := 0.5`);
  const row = (feature: number, confidence: string) =>
    `SELECT 0 AS layer, '0' AS sae, ${feature} AS feature, 'local context' AS family, CAST(${confidence} AS DOUBLE) AS family_confidence,
      1.5 AS max_activation, {shown: 3, of: 4} AS family_support, struct_pack(${scores}) AS family_scores`;
  const rows = [row(1, 'NULL'), row(2, '0.2'), row(3, '0.9'), row(4, 'NULL')];
  await connection.run(`CREATE TABLE features AS ${rows.join(' UNION ALL ')}`);
  await connection.run(
    "CREATE TABLE family_checks AS SELECT '0' AS sae, 3 AS feature, 'local context' AS family, 8 AS tokens, 5 AS shown",
  );
  const found = await connection.runAndReadAll(selectFamilyExemplars(3));
  expect(found.getRowObjects().map(({ feature, confidence, checked }) => [feature, confidence, checked])).toEqual([
    [3, 0.9, 8],
    [2, 0.2, null],
    [1, null, null],
  ]);
});
