import type { Columns, Table } from './column-types.ts';

export function table<const C extends Columns>(
  name: string,
  columns: C,
  options: { sortedBy: readonly (keyof C & string)[]; rowGroupRows?: number; fileRows?: number },
): Table<C> {
  return { name, columns, rowGroupRows: 16_384, fileRows: 131_072, ...options };
}

/** A table that a run may have been told to leave out. */
export function optionalTable<const C extends Columns>(
  name: string,
  columns: C,
  options: { sortedBy: readonly (keyof C & string)[] },
): Table<C> {
  return { ...table(name, columns, options), optional: true };
}
