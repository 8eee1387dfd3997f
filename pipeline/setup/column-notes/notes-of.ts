import type { namedTables } from '../../library/named-tables.ts';

type Tables = typeof namedTables;

/** What columns hold, by table; of a column that there is. */
export type NotesOfTables = {
  readonly [T in keyof Tables]?: { readonly [C in keyof Tables[T]['columns']]?: string };
};
