import { sqlText } from '../files/duckdb-path.ts';
import { bigint, type Table } from '../store/column-types.ts';

type Values = Readonly<Record<string, unknown>>;

/** A table's rows where columns have given values, in the order of their files, which is the table's. */
export function selectRows(table: Table, where: Values): string {
  const names = Object.keys(table.columns).map(quoted);
  return `SELECT ${names.join(', ')} FROM ${quoted(table.name)}${condition(table, where)}`;
}

/** How many rows there are of them. */
export const countRows = {
  columns: { count: bigint },
  statement: (table: Table, where: Values) =>
    `SELECT count(*) AS count FROM ${quoted(table.name)}${condition(table, where)}`,
};

function condition(table: Table, where: Values): string {
  const given = Object.entries(where).filter(([, value]) => value !== undefined);
  const terms = given.map(([name, value]) => {
    if (!Object.hasOwn(table.columns, name)) throw new RangeError(`table ${table.name} has no column ${name}`);
    return value === null ? `${quoted(name)} IS NULL` : `${quoted(name)} = ${literal(name, value)}`;
  });
  return terms.length === 0 ? '' : ` WHERE ${terms.join(' AND ')}`;
}

function literal(name: string, value: unknown): string {
  if (typeof value === 'string') return sqlText(value);
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return String(value);
  throw new RangeError(`${name} is ${String(value)}, expected a text, a finite number, true, false or null`);
}

const quoted = (name: string): string => `"${name}"`;
