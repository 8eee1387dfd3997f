import {
  type Column,
  type ColumnName,
  columnNames,
  type EffectName,
  isEffectName,
  isTokenRole,
  type Part,
  type PartName,
  type SearchManifest,
  TOKENS_PER_ROLE,
  type TokenColumn,
  type TokenRole,
  tokenRoles,
} from './format.ts';
import type { SearchQuery } from './query.ts';
import { encodeShown } from './shown-number.ts';
import { sortRows } from './sort-rows.ts';
import { type TokenMatch, tokenMatch } from './token-match.ts';

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
  /** What the features of an SAE are called; a query for words needs them. */
  addNames(sae: string, names: readonly string[]): void;
  /** Display texts by place; a query for tokens needs them. */
  addVocabulary(texts: readonly string[]): void;
  /** The rows that match, in the query's order, of the SAEs of which nothing is missing. */
  rows(query: SearchQuery): Uint32Array;
  /** Rows by value of a column that the query lets through, its own filter of that column aside. */
  counts(query: SearchQuery, column: 'family' | 'top_head'): Uint32Array;
  /** Rows by layer that the query lets through, its own layer and SAE aside; of the SAEs of which nothing is missing. */
  layerCounts(query: SearchQuery): ReadonlyMap<number, number>;
  /** What a row's feature is called; '' until names were added. */
  name(row: number): string;
  /** Which places of the vocabulary a text names; none before addVocabulary. */
  named(text: string): Uint8Array;
  place(row: number): RowPlace;
  /** A row's entry of a column; undefined until the column was added. */
  code(row: number, name: ColumnName): number | undefined;
  /** Places in the vocabulary of a row's tokens, strongest first; none until the role was added. */
  tokens(row: number, role: TokenRole): readonly number[];
}

interface Block {
  readonly sae: string;
  readonly layer: number;
  readonly start: number;
  readonly features: number;
  readonly columns: Map<ColumnName, Column>;
  readonly tokens: Map<TokenRole, TokenColumn>;
  readonly effects: Map<EffectName, Column>;
  names: readonly string[] | undefined;
}

const unfiltered = { family: { family: null }, top_head: { head: null } } as const;

export function createSearch(manifest: SearchManifest): Search {
  const blocks = saeBlocks(manifest);
  const bySae = new Map(blocks.map((block) => [block.sae, block]));
  let named: TokenMatch = () => new Uint8Array();

  const isReady = (block: Block, query: SearchQuery) => namesFor(query).every((name) => has(block, name));

  function select(query: SearchQuery): { rows: Uint32Array; keys: Uint16Array } {
    const ready = blocksOf(blocks, query).filter((block) => isReady(block, query));
    const most = ready.reduce((sum, { features }) => sum + features, 0);
    const found = { rows: new Uint32Array(most), keys: new Uint16Array(most), length: 0 };
    const flags = tokenRoles.flatMap((role) => (query[role] === '' ? [] : [[role, named(query[role])] as const]));
    for (const block of ready) {
      const mask = new Uint8Array(block.features).fill(1);
      for (const test of columnTests(query, manifest.families)) matchColumn(mask, block, test);
      for (const [role, wanted] of flags) matchTokens(mask, block.tokens.get(role), wanted);
      matchWords(mask, block, query.words);
      const keys = keysOf(block, query, named);
      for (let i = 0; i < block.features; i++) {
        if (mask[i] === 0) continue;
        found.rows[found.length] = block.start + i;
        if (keys) found.keys[found.length] = keys[i];
        found.length += 1;
      }
    }
    return { rows: found.rows.subarray(0, found.length), keys: found.keys.subarray(0, found.length) };
  }

  function blockAt(row: number): Block {
    const block = blocks.find(({ start, features }) => row < start + features);
    if (!block) throw new RangeError(`no row ${row} in the search index`);
    return block;
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
      else if (name === 'names' || !(values instanceof Uint16Array)) return;
      else if (isEffectName(name)) block.effects.set(name, values);
      else block.columns.set(name, values);
    },
    addNames(sae, names) {
      const block = bySae.get(sae);
      if (block) block.names = names;
    },
    addVocabulary(texts) {
      named = tokenMatch(texts);
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
    name(row) {
      const { names, start } = blockAt(row);
      return names?.[row - start] ?? '';
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

function saeBlocks(manifest: SearchManifest): Block[] {
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
      names: undefined,
    };
    start += features;
    return block;
  });
}

function has({ columns, tokens, effects, names }: Block, name: PartName): boolean {
  if (name === 'names') return names !== undefined;
  if (isEffectName(name)) return effects.has(name);
  return isTokenRole(name) ? tokens.has(name) : columns.has(name);
}

function blocksOf(blocks: readonly Block[], query: SearchQuery): readonly Block[] {
  return blocks.filter(
    ({ sae, layer }) => (query.layer === null || layer === query.layer) && (query.sae === null || sae === query.sae),
  );
}

function namesFor(query: SearchQuery): PartName[] {
  const read: Readonly<Record<ColumnName, boolean>> = {
    density: query.minDensity !== null || query.maxDensity !== null || query.sort === 'density',
    // A feature is alive when it was ever active: its maximum is above 0.
    max_activation: query.alive || query.sort === 'max_activation',
    top_head: query.head !== null,
    top_head_weight: query.sort === 'top_head_weight',
    family: query.family !== null,
  };
  const effects = query.sort === 'effect' ? effectsRead(query) : [];
  return [
    ...columnNames.filter((name) => read[name]),
    ...tokenRoles.filter((role) => query[role] !== ''),
    ...effects.map((role): EffectName => `${role}_effect`),
    ...(query.words.trim() === '' ? [] : ['names' as const]),
  ];
}

/** A column's numbers from `low` to `high` pass. */
interface ColumnTest {
  readonly name: ColumnName;
  readonly low: number;
  readonly high: number;
}

function columnTests(query: SearchQuery, families: readonly string[]): ColumnTest[] {
  const { alive, minDensity, maxDensity, head, family } = query;
  const tests: (ColumnTest | false)[] = [
    alive && { name: 'max_activation', low: 1, high: 2 ** 16 - 1 },
    // Bounds and densities are compared as they are printed, to three significant digits.
    (minDensity !== null || maxDensity !== null) && {
      name: 'density',
      low: encodeShown(100 * (minDensity ?? 0)),
      high: encodeShown(100 * (maxDensity ?? 1)),
    },
    head !== null && { name: 'top_head', low: head, high: head },
    family !== null && { name: 'family', ...only(families.indexOf(family) + 1 || -1) },
  ];
  return tests.filter((test) => test !== false);
}

const only = (value: number) => ({ low: value, high: value });

function matchColumn(mask: Uint8Array, { columns }: Block, { name, low, high }: ColumnTest): void {
  const values = columns.get(name);
  if (!values) return;
  for (let i = 0; i < mask.length; i++) if (values[i] < low || values[i] > high) mask[i] = 0;
}

function matchTokens(mask: Uint8Array, places: TokenColumn | undefined, wanted: Uint8Array): void {
  if (!places) return;
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    let found = 0;
    for (let at = i * TOKENS_PER_ROLE; at < (i + 1) * TOKENS_PER_ROLE; at++) found |= wanted[places[at]];
    mask[i] = found;
  }
}

/** The roles whose effects order the results: those of the tokens that are looked for. */
const effectsRead = (query: SearchQuery) => (['promoted', 'suppressed'] as const).filter((role) => query[role] !== '');

/** What an SAE's features are sorted by; nothing where that is their own order. */
function keysOf(block: Block, query: SearchQuery, named: TokenMatch): Column | undefined {
  if (query.sort === 'feature') return undefined;
  if (query.sort !== 'effect') return block.columns.get(query.sort);
  const greatest = new Uint16Array(block.features);
  for (const role of effectsRead(query)) {
    const [places, effects] = [block.tokens.get(role), block.effects.get(`${role}_effect`)];
    if (places && effects) keepGreatest(greatest, places, effects, named(query[role]));
  }
  return greatest;
}

function keepGreatest(greatest: Uint16Array, places: TokenColumn, effects: Column, wanted: Uint8Array): void {
  for (let at = 0; at < places.length; at++) {
    const row = Math.floor(at / TOKENS_PER_ROLE);
    if (wanted[places[at]] === 1 && effects[at] > greatest[row]) greatest[row] = effects[at];
  }
}

function matchWords(mask: Uint8Array, { names }: Block, words: string): void {
  const wanted = words
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (!names || wanted.length === 0) return;
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    const name = names[i].toLowerCase();
    if (!wanted.every((word) => name.includes(word))) mask[i] = 0;
  }
}
