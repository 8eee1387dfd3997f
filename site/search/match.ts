import type { Block } from './blocks.ts';
import { type Column, type ColumnName, TOKENS_PER_ROLE, type TokenColumn, tokenRoles } from './format.ts';
import { effectsRead } from './parts-read.ts';
import type { SearchQuery } from './query.ts';
import { encodeShown } from './shown-number.ts';
import type { TokenMatch } from './token-match.ts';

interface Texts {
  readonly named: TokenMatch;
  /** How well the SAE's features match the query's words, 0 where not at all; undefined of a query without. */
  readonly ranks: Uint16Array | undefined;
}

/** Which features of an SAE a query lets through: 1 for each that it does. */
export function matching(
  block: Block,
  query: SearchQuery,
  { families, named, ranks }: Texts & { readonly families: readonly string[] },
): Uint8Array {
  const mask = new Uint8Array(block.features).fill(1);
  for (const test of columnTests(query, families)) matchColumn(mask, block, test);
  for (const role of tokenRoles) {
    if (query[role] !== '') matchTokens(mask, block.tokens.get(role), named(query[role]));
  }
  if (ranks) for (let i = 0; i < mask.length; i++) if (ranks[i] === 0) mask[i] = 0;
  return mask;
}

/** What an SAE's features are sorted by; nothing where that is their own order. */
export function keysOf(block: Block, query: SearchQuery, { named, ranks }: Texts): Column | undefined {
  if (query.sort === 'feature') return undefined;
  if (query.sort === 'match') return ranks;
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
