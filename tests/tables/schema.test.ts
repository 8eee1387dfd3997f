import { expect, expectTypeOf, test } from 'vitest';
import type { FamilyScores } from '../../pipeline/measures/families/maths/family-scores.ts';
import {
  type ExampleRow,
  examples,
  type FeatureRow,
  features,
  type NewExampleRow,
} from '../../pipeline/measures/statistics/table.ts';
import { sqlType } from '../../pipeline/store/column-types.ts';
import { tables } from '../../pipeline/tables/schema.ts';

test('row types follow from the declaration', () => {
  expectTypeOf<FeatureRow['count']>().toEqualTypeOf<number>();
  expectTypeOf<FeatureRow['head_weights']>().toEqualTypeOf<Float32Array>();
  expectTypeOf<FeatureRow['family']>().toEqualTypeOf<string | null>();
  expectTypeOf<FeatureRow['family_scores']>().toEqualTypeOf<FamilyScores | null>();
  expectTypeOf<FeatureRow['positive_logits'][number]['token']>().toEqualTypeOf<string>();
  expectTypeOf<ExampleRow['dfa_source']>().toEqualTypeOf<Float32Array | null>();
  expectTypeOf<NewExampleRow['token_ids']>().toEqualTypeOf<ArrayLike<number>>();
  expectTypeOf<ExampleRow>().toExtend<NewExampleRow>();
});

test('nested columns have the DuckDB types of the contract', () => {
  expect(sqlType(features.columns.histogram)).toBe('STRUCT("edges" FLOAT[], "counts" BIGINT[])');
  expect(sqlType(features.columns.positive_logits)).toBe(
    'STRUCT("token_id" INTEGER, "token" VARCHAR, "value" FLOAT)[]',
  );
  expect(sqlType(features.columns.family_scores)).toMatch(/^STRUCT\("induction" DOUBLE, "duplicate_token" DOUBLE, /);
  expect(sqlType(examples.columns.dfa_source)).toBe('FLOAT[]');
});

test.each(Object.values(tables))('$name is cut into whole vectors, row groups and files', (table) => {
  expect(table.rowGroupRows % 2048).toBe(0);
  expect(table.fileRows % table.rowGroupRows).toBe(0);
  expect(Object.keys(table.columns)).toEqual(expect.arrayContaining([...table.sortedBy]));
});
