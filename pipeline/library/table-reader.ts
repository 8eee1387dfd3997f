import type { Columns, RowColumns, Table } from '../store/column-types.ts';
import type { Queries } from '../store/query.ts';
import { countRows, selectRows } from './select-rows.ts';

type Scalar = string | number | boolean | null;

/** Values that columns shall have, of those that hold one number, text, true or false: `{ sae: '5', feature: 12 }`. */
export type RowFilter<Row> = { readonly [K in keyof Row as Row[K] extends Scalar ? K : never]?: Row[K] };

/** A table of a run. Lists of numbers come as typed arrays, structs as objects, 64-bit integers as numbers. */
export interface TableReader<Row> extends AsyncIterable<Row> {
  readonly name: string;
  /** The columns as they are declared. */
  readonly columns: Columns;
  /** The rows that match, or all of them, in the table's order. */
  rows(where?: RowFilter<Row>): Promise<Row[]>;
  /** How many match. */
  count(where?: RowFilter<Row>): Promise<number>;
}

/** Reads a table by queries; as an iterable it holds a few thousand rows at a time. */
export function tableReader<C extends Columns>(table: Table<C>, queries: Queries): TableReader<RowColumns<C>> {
  const { name, columns } = table;
  return {
    name,
    columns,
    rows: async (where = {}) => queries.rows(columns, selectRows(table, where)),
    count: async (where = {}) => (await queries.rows(countRows.columns, countRows.statement(table, where)))[0].count,
    async *[Symbol.asyncIterator]() {
      for await (const batch of queries.batches(columns, selectRows(table, {}))) yield* batch;
    },
  };
}
