import { type Block, blocksOf, has, saeBlocks } from './blocks.ts';
import {
  type Column,
  type ColumnName,
  isEffectName,
  isTokenRole,
  type Part,
  type SearchManifest,
  TOKENS_PER_ROLE,
  type TokenColumn,
  type TokenRole,
} from './format.ts';
import { keysOf, matching } from './match.ts';
import { namesFor } from './parts-read.ts';
import { hasWords, type SearchQuery } from './query.ts';
import { sortRows } from './sort-rows.ts';
import { type TokenMatch, tokenMatch } from './token-match.ts';
import type { WordRank } from './words/open-word-index.ts';

/** Where a row is: rows are numbered by (SAE, feature). */
interface RowPlace {
  readonly sae: string;
  readonly layer: number;
  readonly feature: number;
}

/** Filters a run's features, as far as what a query reads has been added. */
export interface Search {
  /** What a query reads, and columns besides, that were not added yet; by SAE. */
  missing(query: SearchQuery, also?: readonly ColumnName[]): Part[];
  add(part: Part, values: Column | TokenColumn): void;
  /** Display texts by place; a query for tokens needs them. */
  addVocabulary(texts: readonly string[]): void;
  /** How well rows match words; a query for words needs it. */
  addWords(rank: WordRank): void;
  /** The rows that match, in the query's order, of the SAEs of which nothing is missing. */
  rows(query: SearchQuery): Uint32Array;
  /** Rows by value of a column that the query lets through, its own filter of that column aside. */
  counts(query: SearchQuery, column: 'family' | 'top_head'): Uint32Array;
  /** Rows by layer that the query lets through, its own layer and SAE aside; of the SAEs of which nothing is missing. */
  layerCounts(query: SearchQuery): ReadonlyMap<number, number>;
  /** Which places of the vocabulary a text names; none before addVocabulary. */
  named(text: string): Uint8Array;
  place(row: number): RowPlace;
  /** A row's entry of a column; undefined until the column was added. */
  code(row: number, name: ColumnName): number | undefined;
  /** Places in the vocabulary of a row's tokens, strongest first; none until the role was added. */
  tokens(row: number, role: TokenRole): readonly number[];
}

const isIn = ({ start, features }: Block, row: number) => row >= start && row < start + features;

const unfiltered = { family: { family: null }, top_head: { head: null } } as const;

export function createSearch(manifest: SearchManifest): Search {
  const blocks = saeBlocks(manifest);
  const bySae = new Map(blocks.map((block) => [block.sae, block]));
  let named: TokenMatch = () => new Uint8Array();
  let rank: WordRank = () => undefined;

  const isReady = (block: Block, query: SearchQuery) =>
    namesFor(query).every((name) => has(block, name)) && (!hasWords(query) || rank(query.words) !== undefined);

  function select(query: SearchQuery): { rows: Uint32Array; keys: Uint16Array } {
    const ranks = hasWords(query) ? rank(query.words) : undefined;
    const ready = blocksOf(blocks, query).filter((block) => isReady(block, query));
    const most = ready.reduce((sum, { features }) => sum + features, 0);
    const found = { rows: new Uint32Array(most), keys: new Uint16Array(most), length: 0 };
    for (const block of ready) {
      const own = ranks?.subarray(block.start, block.start + block.features);
      const mask = matching(block, query, { families: manifest.families, named, ranks: own });
      const keys = keysOf(block, query, { named, ranks: own });
      for (let i = 0; i < block.features; i++) {
        if (mask[i] === 0) continue;
        found.rows[found.length] = block.start + i;
        if (keys) found.keys[found.length] = keys[i];
        found.length += 1;
      }
    }
    return { rows: found.rows.subarray(0, found.length), keys: found.keys.subarray(0, found.length) };
  }

  // Rows are asked for in runs of one SAE, up to a million of them.
  let recent = blocks.at(0);

  function blockAt(row: number): Block {
    if (!recent || !isIn(recent, row)) recent = blocks.find((block) => isIn(block, row));
    if (!recent) throw new RangeError(`no row ${row} in the search index`);
    return recent;
  }

  return {
    missing(query, also = []) {
      const names = [...new Set([...namesFor(query), ...also])];
      return blocksOf(blocks, query).flatMap((block) =>
        names.filter((name) => !has(block, name)).map((name) => ({ sae: block.sae, name })),
      );
    },
    add({ sae, name }, values) {
      const block = bySae.get(sae);
      if (!block) return;
      if (isTokenRole(name)) block.tokens.set(name, values);
      else if (!(values instanceof Uint16Array)) return;
      else if (isEffectName(name)) block.effects.set(name, values);
      else block.columns.set(name, values);
    },
    addVocabulary(texts) {
      named = tokenMatch(texts);
    },
    addWords(own) {
      rank = own;
    },
    rows(query) {
      const { rows, keys } = select(query);
      if (query.sort !== 'feature') return sortRows(rows, keys, query.descending);
      return query.descending ? rows.reverse() : rows;
    },
    counts(query, column) {
      const counts = new Uint32Array(2 ** 16);
      for (const row of select({ ...query, ...unfiltered[column] }).rows) {
        const { columns, start } = blockAt(row);
        const values = columns.get(column);
        if (values) counts[values[row - start]] += 1;
      }
      return counts;
    },
    layerCounts(query) {
      const every = { ...query, layer: null, sae: null };
      const ready = blocks.filter((block) => isReady(block, every));
      const counts = new Map(ready.map(({ layer }) => [layer, 0]));
      for (const row of select(every).rows) {
        const { layer } = blockAt(row);
        counts.set(layer, (counts.get(layer) ?? 0) + 1);
      }
      return counts;
    },
    named: (text) => named(text),
    place(row) {
      const { sae, layer, start } = blockAt(row);
      return { sae, layer, feature: row - start };
    },
    code(row, name) {
      const { columns, start } = blockAt(row);
      return columns.get(name)?.at(row - start);
    },
    tokens(row, role) {
      const { tokens, start } = blockAt(row);
      const first = (row - start) * TOKENS_PER_ROLE;
      return [...(tokens.get(role)?.subarray(first, first + TOKENS_PER_ROLE) ?? [])].filter((place) => place > 0);
    },
  };
}

/** The rows of a page counted from 1; empty past the end. */
export function pageOf(rows: Uint32Array, page: number, size: number): Uint32Array {
  return rows.subarray((page - 1) * size, page * size);
}
