import { tokenLabel } from '../page-kit/token-text.ts';
import type { ColumnName, TokenRole } from './format.ts';
import type { SearchIndex } from './load.ts';
import { type ShownRole, TOKENS_SHOWN } from './row-file.ts';
import { decodeShown } from './shown-number.ts';

/** A result as the list shows it; a number that has not come yet is NaN. */
export interface RowView {
  readonly row: number;
  readonly layer: number;
  readonly sae: string;
  readonly feature: number;
  readonly density: number;
  readonly max: number;
  readonly head: number | undefined;
  readonly headWeight: number;
  readonly family: string;
  readonly alive: boolean;
  /** Empty until they have come. */
  readonly promoted: readonly string[];
  readonly activating: readonly string[];
}

export function rowView(index: SearchIndex, row: number): RowView {
  const max = shown(index, row, 'max_activation');
  const family = code(index, row, 'family') ?? 0;
  return {
    row,
    ...index.search.place(row),
    density: shown(index, row, 'density') / 100,
    max,
    head: code(index, row, 'top_head'),
    headWeight: shown(index, row, 'top_head_weight') / 100,
    family: family > 0 ? index.manifest.families[family - 1] : '',
    alive: max !== 0,
    promoted: tokensOf(index, row, 'promoted'),
    activating: tokensOf(index, row, 'activating'),
  };
}

/** The tokens of a role whose file is loaded, as pages print them. */
export function tokenTexts(index: SearchIndex, row: number, role: TokenRole): string[] {
  return index.search.tokens(row, role).map((place) => tokenLabel(index.vocabulary[place]));
}

function code(index: SearchIndex, row: number, name: ColumnName): number | undefined {
  const found = index.rowFile(row);
  return found ? found.file.numbers[name][found.place] : index.search.code(row, name);
}

function shown(index: SearchIndex, row: number, name: ColumnName): number {
  const known = code(index, row, name);
  return known === undefined ? Number.NaN : decodeShown(known);
}

function tokensOf(index: SearchIndex, row: number, role: ShownRole): string[] {
  const found = index.rowFile(row);
  const { vocabulary } = index;
  if (!found || vocabulary.length === 0) return [];
  const first = found.place * TOKENS_SHOWN;
  const places = [...found.file.tokens[role].subarray(first, first + TOKENS_SHOWN)].filter((place) => place > 0);
  return places.map((place) => tokenLabel(vocabulary[place]));
}
