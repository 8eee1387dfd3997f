import { NonFinite } from '../errors/non-finite.ts';
import type { ColumnType, Table } from './column-types.ts';
import { fieldOf } from './column-values.ts';

/** What to say of the first number in some rows of a column that is NaN, infinite, or too large for the column. */
export function nonFiniteCell(table: Table, column: string, rows: readonly unknown[]): NonFinite | undefined {
  const type = table.columns[column];
  if (!type) return undefined;
  for (const row of rows) {
    const value = nonFiniteIn(type, fieldOf(row, column));
    if (value === undefined) continue;
    const keys = table.sortedBy.map((key) => `${key} ${String(fieldOf(row, key))}`);
    const place = keys.length > 0 ? ` of ${keys.join(', ')}` : '';
    return new NonFinite(`${table.name}.${column}${place}`, value);
  }
  return undefined;
}

/** The first number of a value of some type that the type has no finite number for. */
function nonFiniteIn(type: ColumnType, value: unknown): number | undefined {
  if (value === null || value === undefined) return undefined;
  switch (type.kind) {
    case 'float':
    case 'double': {
      const stored = type.kind === 'float' ? Math.fround(Number(value)) : Number(value);
      return Number.isFinite(stored) ? undefined : stored;
    }
    case 'bound':
      return value === type.none ? undefined : nonFiniteIn({ kind: 'double' }, value);
    case 'nullable':
      return nonFiniteIn(type.of, value);
    case 'list':
      return firstOf(Array.from(value as ArrayLike<unknown>), (item) => nonFiniteIn(type.item, item));
    case 'struct':
      return firstOf(Object.entries(type.fields), ([name, field]) => nonFiniteIn(field, fieldOf(value, name)));
    default:
      return undefined;
  }
}

function firstOf<T>(items: readonly T[], find: (item: T) => number | undefined): number | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
