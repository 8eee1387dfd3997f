import {
  type Column,
  type ColumnName,
  type EffectName,
  isEffectName,
  isTokenRole,
  type PartName,
  type SearchManifest,
  type TokenColumn,
  type TokenRole,
} from './format.ts';
import type { SearchQuery } from './query.ts';

/** An SAE's features among all rows, and what has been added of them. */
export interface Block {
  readonly sae: string;
  readonly layer: number;
  readonly start: number;
  readonly features: number;
  readonly columns: Map<ColumnName, Column>;
  readonly tokens: Map<TokenRole, TokenColumn>;
  readonly effects: Map<EffectName, Column>;
}

/** The SAEs of an index, of which nothing has been added. */
export function saeBlocks(manifest: SearchManifest): Block[] {
  let start = 0;
  return manifest.saes.map(({ sae, layer, features }) => {
    const block = {
      sae,
      layer,
      start,
      features,
      columns: new Map(),
      tokens: new Map(),
      effects: new Map(),
    };
    start += features;
    return block;
  });
}

export function has({ columns, tokens, effects }: Block, name: PartName): boolean {
  if (isEffectName(name)) return effects.has(name);
  return isTokenRole(name) ? tokens.has(name) : columns.has(name);
}

/** The SAEs that a query lets through. */
export function blocksOf(blocks: readonly Block[], query: SearchQuery): readonly Block[] {
  return blocks.filter(
    ({ sae, layer }) => (query.layer === null || layer === query.layer) && (query.sae === null || sae === query.sae),
  );
}
