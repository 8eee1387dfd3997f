import { type FeatureColumns, type SearchManifest, TOKENS_PER_ROLE, type TokenColumns, tokenRoles } from './format.ts';
import { orderOf } from './order.ts';
import type { SearchQuery, SortKey } from './query.ts';
import { tokenMatch } from './token-match.ts';

export interface SearchData {
  readonly manifest: SearchManifest;
  readonly columns: FeatureColumns;
  /** Display text by token id. */
  readonly vocabulary: readonly string[];
}

/** Filters a run's features; rows are places in the columns. */
export interface Search {
  /** SAEs whose tokens a query reads and that addTokens has not yet had. */
  missingSaes(query: SearchQuery): string[];
  addTokens(sae: string, tokens: TokenColumns): void;
  /** All rows that match, in the query's order. Throws when missingSaes(query) is not empty. */
  rows(query: SearchQuery): Uint32Array;
}

export function createSearch({ manifest, columns, vocabulary }: SearchData): Search {
  const tokens = new Map<string, TokenColumns>();
  const orders = new Map<string, Uint32Array>();
  const named = tokenMatch(vocabulary);
  const blocks = saeBlocks(manifest);

  function order(sort: SortKey, descending: boolean): Uint32Array {
    const key = `${sort} ${descending}`;
    let known = orders.get(key);
    if (!known) {
      // Rows already lie by (SAE, feature), which is what sorting by feature means.
      const values = sort === 'feature' ? columns.feature.map((_, row) => row) : columns[sort];
      known = orderOf(values, descending);
      orders.set(key, known);
    }
    return known;
  }

  function matches(query: SearchQuery): Uint8Array {
    const mask = new Uint8Array(columns.feature.length);
    const wanted = tokenRoles.filter((role) => query[role] !== '').map((role) => ({ role, flags: named(query[role]) }));
    for (const block of blocksOf(blocks, query)) {
      matchColumns(mask, block, columns, query, manifest.families);
      for (const { role, flags } of wanted) {
        const ids = tokens.get(block.sae)?.[role];
        if (!ids) throw new Error(`tokens of sae ${block.sae} are not loaded`);
        matchTokens(mask, block, ids, flags);
      }
    }
    return mask;
  }

  return {
    missingSaes(query) {
      if (tokenRoles.every((role) => query[role] === '')) return [];
      return blocksOf(blocks, query)
        .map((block) => block.sae)
        .filter((sae) => !tokens.has(sae));
    },
    addTokens: (sae, added) => void tokens.set(sae, added),
    rows: (query) => keep(order(query.sort, query.descending), matches(query)),
  };
}

/** The rows of a page counted from 1; empty past the end. */
export function pageOf(rows: Uint32Array, page: number, size: number): Uint32Array {
  return rows.subarray((page - 1) * size, page * size);
}

interface Block {
  readonly sae: string;
  readonly layer: number;
  readonly start: number;
  readonly end: number;
}

function saeBlocks(manifest: SearchManifest): Block[] {
  let end = 0;
  return manifest.saes.map(({ sae, layer, features }) => {
    const start = end;
    end += features;
    return { sae, layer, start, end };
  });
}

function blocksOf(blocks: readonly Block[], query: SearchQuery): readonly Block[] {
  return blocks.filter(
    ({ sae, layer }) => (query.layer === null || layer === query.layer) && (query.sae === null || sae === query.sae),
  );
}

function matchColumns(
  mask: Uint8Array,
  { start, end }: Block,
  { count, density, top_head, family }: FeatureColumns,
  query: SearchQuery,
  families: readonly string[],
): void {
  // A bound is compared as the column holds it: 0.01 must let a density of 0.01 through.
  const low = Math.fround(query.minDensity ?? 0);
  const high = Math.fround(query.maxDensity ?? 1);
  const code = query.family === null ? null : families.indexOf(query.family) + 1 || -1;
  for (let row = start; row < end; row++) {
    const fits =
      (!query.alive || count[row] > 0) &&
      density[row] >= low &&
      density[row] <= high &&
      (query.head === null || top_head[row] === query.head) &&
      (code === null || family[row] === code);
    mask[row] = fits ? 1 : 0;
  }
}

function matchTokens(mask: Uint8Array, { start, end }: Block, ids: ArrayLike<number>, wanted: Uint8Array): void {
  for (let row = start; row < end; row++) {
    if (mask[row] === 0) continue;
    const first = (row - start) * TOKENS_PER_ROLE;
    let found = 0;
    for (let i = first; i < first + TOKENS_PER_ROLE; i++) found |= wanted[ids[i]];
    mask[row] = found;
  }
}

function keep(rows: Uint32Array, mask: Uint8Array): Uint32Array {
  const kept = new Uint32Array(rows.length);
  let length = 0;
  for (let i = 0; i < rows.length; i++) {
    kept[length] = rows[i];
    length += mask[rows[i]];
  }
  return kept.subarray(0, length);
}
