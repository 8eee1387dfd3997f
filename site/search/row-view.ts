import type { FeatureName } from '../page-kit/feature-name.ts';
import { tokenLabel } from '../page-kit/token-text.ts';
import type { ColumnName, TokenRole } from './format.ts';
import type { SearchIndex } from './load.ts';
import { defaultQuery, type SearchQuery } from './query.ts';
import { TOKENS_SHOWN } from './row-file.ts';
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
  readonly promoted: readonly ShownToken[];
  readonly activating: readonly ShownToken[];
  /** Only where a suppressed token is looked for. */
  readonly suppressed: readonly ShownToken[];
  /** What it is called, once that has come. */
  readonly name: FeatureName | undefined;
}

/** A token as pages print it. */
export interface ShownToken {
  readonly text: string;
  /** Whether the query looks for it. */
  readonly isHit: boolean;
}

export function rowView(index: SearchIndex, row: number, query: SearchQuery = defaultQuery): RowView {
  const max = shown(index, row, 'max_activation');
  const family = code(index, row, 'family') ?? 0;
  const place = index.search.place(row);
  return {
    row,
    ...place,
    name: index.names.nameOf(place),
    density: shown(index, row, 'density') / 100,
    max,
    head: code(index, row, 'top_head'),
    headWeight: shown(index, row, 'top_head_weight') / 100,
    family: family > 0 ? index.manifest.families[family - 1] : '',
    alive: max !== 0,
    promoted: shownTokens(index, row, 'promoted', query.promoted),
    activating: shownTokens(index, row, 'activating', query.activating),
    suppressed: query.suppressed === '' ? [] : shownTokens(index, row, 'suppressed', query.suppressed),
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

/** The first tokens of a role, and those further down that a query looks for. */
function shownTokens(index: SearchIndex, row: number, role: TokenRole, wanted: string): ShownToken[] {
  const { vocabulary, search } = index;
  if (vocabulary.length === 0) return [];
  const hits = wanted === '' ? undefined : search.named(wanted);
  const all = hits ? search.tokens(row, role) : [];
  const places = all.length > 0 ? all : firstPlaces(index, row, role);
  const tokens = places.map((place) => ({ text: tokenLabel(vocabulary[place]), isHit: hits?.[place] === 1 }));
  return tokens.filter(({ isHit }, place) => isHit || place < TOKENS_SHOWN);
}

function firstPlaces(index: SearchIndex, row: number, role: TokenRole): number[] {
  const found = index.rowFile(row);
  if (!found || role === 'suppressed') return [];
  const first = found.place * TOKENS_SHOWN;
  return [...found.file.tokens[role].subarray(first, first + TOKENS_SHOWN)].filter((place) => place > 0);
}
