import { tokenLabel } from '../page-kit/token-text.ts';
import { TOKENS_PER_ROLE, type TokenRole } from './format.ts';
import type { SearchIndex } from './load.ts';

/** A result as the list shows it. */
export interface RowView {
  readonly layer: number;
  readonly sae: string;
  readonly feature: number;
  readonly density: number;
  readonly max: number;
  readonly head: number;
  readonly headWeight: number;
  readonly family: string;
  readonly alive: boolean;
  /** Empty until the SAE's tokens are loaded. */
  readonly promoted: readonly string[];
  readonly activating: readonly string[];
}

const TOKENS_SHOWN = 5;

export function rowView(index: SearchIndex, row: number): RowView {
  const { columns, manifest } = index;
  const { sae, layer } = saeAt(index, row);
  return {
    layer,
    sae,
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

const saeAt = ({ columns, manifest }: SearchIndex, row: number) => manifest.saes[columns.sae[row]];

function tokensOf(index: SearchIndex, row: number, role: TokenRole): string[] {
  const { tokens, vocabulary, manifest } = index;
  const { sae } = saeAt(index, row);
  const ids = tokens.get(sae)?.[role];
  if (!ids) return [];
  const start = (row - saeStart(manifest, sae)) * TOKENS_PER_ROLE;
  const labels = [...ids.subarray(start, start + TOKENS_PER_ROLE)].flatMap((id) => vocabulary.at(id) ?? []);
  return labels.slice(0, TOKENS_SHOWN).map(tokenLabel);
}

function saeStart(manifest: SearchIndex['manifest'], sae: string): number {
  const before = manifest.saes.slice(
    0,
    manifest.saes.findIndex((entry) => entry.sae === sae),
  );
  return before.reduce((sum, { features }) => sum + features, 0);
}
