import type { ColumnName } from './format.ts';

/** Tokens of a role that a result shows. */
export const TOKENS_SHOWN = 5;

export const shownRoles = ['activating', 'promoted'] as const;
export type ShownRole = (typeof shownRoles)[number];

/** What results show of neighbouring features of an SAE, a place in each list a feature. */
export interface RowFile {
  /** As the column of that name has them. */
  readonly numbers: Readonly<Record<ColumnName, Uint16Array>>;
  /** Places in the vocabulary, TOKENS_SHOWN a feature, 0 where there is none. */
  readonly tokens: Readonly<Record<ShownRole, Uint32Array>>;
}
