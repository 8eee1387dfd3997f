import type { FeatureIndexRow } from '../../pipeline/tables/feature-index.ts';
import { type ColumnName, type EffectName, TOKENS_PER_ROLE, type TokenRole } from './format.ts';
import { encodeShown } from './shown-number.ts';

/** An SAE's features as the search index is made of them. */
export interface SaeColumns {
  readonly sae: string;
  readonly layer: number;
  readonly features: number;
  readonly numbers: Readonly<Record<ColumnName, Uint16Array>>;
  /** Token ids counted from 1 until they are places, TOKENS_PER_ROLE a feature, 0 where there is none. */
  readonly tokens: Readonly<Record<TokenRole, Uint32Array>>;
  readonly effects: Readonly<Record<EffectName, Uint16Array>>;
}

/** The columns of an SAE's rows; a family is its place in `families`, counted from 1. */
export function saeColumns(
  { sae, layer }: { readonly sae: string; readonly layer: number },
  rows: readonly FeatureIndexRow[],
  families: readonly string[],
): SaeColumns {
  const shown = (value: (row: FeatureIndexRow) => number) => Uint16Array.from(rows, (row) => encodeShown(value(row)));
  return {
    sae,
    layer,
    features: rows.length,
    numbers: {
      density: shown((row) => 100 * row.density),
      max_activation: shown((row) => row.max_activation),
      top_head: Uint16Array.from(rows, (row) => row.top_head),
      top_head_weight: shown((row) => 100 * row.top_head_weight),
      family: Uint16Array.from(rows, ({ family }) => (family === null ? 0 : families.indexOf(family) + 1)),
    },
    tokens: {
      promoted: tokenColumn(rows, 'promoted'),
      suppressed: tokenColumn(rows, 'suppressed'),
      activating: tokenColumn(rows, 'activating'),
    },
    effects: {
      promoted_effect: effectColumn(rows, 'promoted_effect'),
      suppressed_effect: effectColumn(rows, 'suppressed_effect'),
    },
  };
}

function tokenColumn(rows: readonly FeatureIndexRow[], role: TokenRole): Uint32Array {
  const ids = new Uint32Array(rows.length * TOKENS_PER_ROLE);
  for (const [i, row] of rows.entries()) {
    ids.set(
      row[role].subarray(0, TOKENS_PER_ROLE).map((id) => id + 1),
      i * TOKENS_PER_ROLE,
    );
  }
  return ids;
}

function effectColumn(rows: readonly FeatureIndexRow[], name: EffectName): Uint16Array {
  const codes = new Uint16Array(rows.length * TOKENS_PER_ROLE);
  for (const [i, row] of rows.entries()) {
    const effects = row[name].subarray(0, TOKENS_PER_ROLE);
    for (const [place, effect] of effects.entries()) codes[i * TOKENS_PER_ROLE + place] = encodeShown(Math.abs(effect));
  }
  return codes;
}
