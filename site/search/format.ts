import type { Float32, TypeMap, Uint16, Uint32 } from 'apache-arrow';
import { tableFromArrays, tableFromIPC, tableToIPC } from 'apache-arrow';
import type { FeatureIndexRow } from '../../pipeline/tables/feature-index.ts';

/** Tokens of each role that a feature's row keeps. */
export const TOKENS_PER_ROLE = 10;

export const tokenRoles = ['promoted', 'suppressed', 'activating'] as const;
export type TokenRole = (typeof tokenRoles)[number];

/** What the browser filters: one entry a feature in each column, by (SAE, feature). */
export interface FeatureColumns {
  /** Place in the manifest's SAEs. */
  readonly sae: Uint16Array;
  readonly feature: Uint32Array;
  readonly count: Uint32Array;
  readonly density: Float32Array;
  readonly mean_active: Float32Array;
  readonly max_activation: Float32Array;
  readonly top_head: Uint16Array;
  readonly top_head_weight: Float32Array;
  /** Place in the manifest's families, counted from 1; 0 for none. */
  readonly family: Uint16Array;
}

/** An SAE's token ids, TOKENS_PER_ROLE a feature, the unused places all ones. */
export type TokenColumns = Readonly<Record<TokenRole, Uint16Array | Uint32Array>>;

/** index.json: what the other files of a search folder hold. */
export interface SearchManifest {
  /** By layer, then by id. */
  readonly saes: readonly {
    readonly sae: string;
    readonly layer: number;
    readonly features: number;
    readonly tokens: string;
  }[];
  readonly families: readonly string[];
  readonly tokenIdBytes: 2 | 4;
}

interface ArrowColumns extends TypeMap {
  sae: Uint16;
  feature: Uint32;
  count: Uint32;
  density: Float32;
  mean_active: Float32;
  max_activation: Float32;
  top_head: Uint16;
  top_head_weight: Float32;
  family: Uint16;
}

export type SaeFeature = Omit<FeatureIndexRow, TokenRole> & { readonly sae: number };

/** The columns of rows that come by (SAE, feature). */
export function featureColumns(rows: readonly SaeFeature[], families: readonly string[]): FeatureColumns {
  return {
    sae: Uint16Array.from(rows, (row) => row.sae),
    feature: Uint32Array.from(rows, (row) => row.feature),
    count: Uint32Array.from(rows, (row) => row.count),
    density: Float32Array.from(rows, (row) => row.density),
    mean_active: Float32Array.from(rows, (row) => row.mean_active),
    max_activation: Float32Array.from(rows, (row) => row.max_activation),
    top_head: Uint16Array.from(rows, (row) => row.top_head),
    top_head_weight: Float32Array.from(rows, (row) => row.top_head_weight),
    family: Uint16Array.from(rows, (row) => (row.family === null ? 0 : families.indexOf(row.family) + 1)),
  };
}

/** An Arrow IPC file of the columns. */
export function encodeFeatures(columns: FeatureColumns): Uint8Array {
  return tableToIPC(tableFromArrays({ ...columns }), 'file');
}

export function decodeFeatures(bytes: Uint8Array): FeatureColumns {
  const table = tableFromIPC<ArrowColumns>(bytes);
  function column<K extends keyof FeatureColumns>(name: K): ArrowColumns[K]['TArray'] {
    const child = table.getChild(name);
    if (!child) throw new Error(`search index: column ${name} is missing`);
    return child.toArray();
  }
  return {
    sae: column('sae'),
    feature: column('feature'),
    count: column('count'),
    density: column('density'),
    mean_active: column('mean_active'),
    max_activation: column('max_activation'),
    top_head: column('top_head'),
    top_head_weight: column('top_head_weight'),
    family: column('family'),
  };
}

export function tokenColumns(rows: readonly FeatureIndexRow[], bytes: 2 | 4): TokenColumns {
  const column = (role: TokenRole) => {
    const ids =
      bytes === 2 ? new Uint16Array(rows.length * TOKENS_PER_ROLE) : new Uint32Array(rows.length * TOKENS_PER_ROLE);
    ids.fill(2 ** (8 * bytes) - 1);
    for (const [i, row] of rows.entries()) ids.set(row[role].subarray(0, TOKENS_PER_ROLE), i * TOKENS_PER_ROLE);
    return ids;
  };
  return { promoted: column('promoted'), suppressed: column('suppressed'), activating: column('activating') };
}

/** The columns' bytes one after another, little-endian. */
export function encodeTokens(columns: TokenColumns): Uint8Array {
  const parts = tokenRoles.map((role) => columns[role]);
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), offset);
    offset += part.byteLength;
  }
  return bytes;
}

export function decodeTokens(buffer: ArrayBuffer, bytes: 2 | 4): TokenColumns {
  const ids = bytes === 2 ? new Uint16Array(buffer) : new Uint32Array(buffer);
  const length = ids.length / tokenRoles.length;
  const column = (i: number) => ids.subarray(i * length, (i + 1) * length);
  return { promoted: column(0), suppressed: column(1), activating: column(2) };
}
