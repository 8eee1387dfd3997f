import { tokenLabel } from '../page-kit/token-text.ts';
import { TOKENS_PER_ROLE, type TokenRole } from './format.ts';
import type { SearchIndex } from './load.ts';

/** A result as the list shows it. */
export interface RowView {
  readonly layer: number;
  readonly feature: number;
  readonly density: number;
  readonly max: number;
  readonly head: number;
  readonly headWeight: number;
  readonly family: string;
  readonly alive: boolean;
  /** Empty until the layer's tokens are loaded. */
  readonly promoted: readonly string[];
  readonly activating: readonly string[];
}

const TOKENS_SHOWN = 5;

export function rowView(index: SearchIndex, row: number): RowView {
  const { columns, manifest } = index;
  return {
    layer: columns.layer[row],
    feature: columns.feature[row],
    density: columns.density[row],
    max: columns.max_activation[row],
    head: columns.top_head[row],
    headWeight: columns.top_head_weight[row],
    family: columns.family[row] > 0 ? manifest.families[columns.family[row] - 1] : '',
    alive: columns.count[row] > 0,
    promoted: tokensOf(index, row, 'promoted'),
    activating: tokensOf(index, row, 'activating'),
  };
}

function tokensOf({ columns, tokens, vocabulary, manifest }: SearchIndex, row: number, role: TokenRole): string[] {
  const layer = columns.layer[row];
  const ids = tokens.get(layer)?.[role];
  if (!ids) return [];
  const start = (row - layerStart(manifest, layer)) * TOKENS_PER_ROLE;
  const labels = [...ids.subarray(start, start + TOKENS_PER_ROLE)].flatMap((id) => vocabulary.at(id) ?? []);
  return labels.slice(0, TOKENS_SHOWN).map(tokenLabel);
}

function layerStart(manifest: SearchIndex['manifest'], layer: number): number {
  const before = manifest.layers.slice(
    0,
    manifest.layers.findIndex((entry) => entry.layer === layer),
  );
  return before.reduce((sum, { features }) => sum + features, 0);
}
