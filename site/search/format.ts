/** Tokens of each role that a feature's row keeps. */
export const TOKENS_PER_ROLE = 10;

/** What can be filtered and sorted by: a file of 16-bit numbers an SAE and column, so that a query loads what it reads. */
export const columnNames = ['density', 'max_activation', 'top_head', 'top_head_weight', 'family'] as const;
export type ColumnName = (typeof columnNames)[number];

/** Likewise the places of tokens in the vocabulary, TOKENS_PER_ROLE a feature. */
export const tokenRoles = ['promoted', 'suppressed', 'activating'] as const;
export type TokenRole = (typeof tokenRoles)[number];

/** The sizes of a feature's effects on those tokens, in their order: 16-bit shown numbers, TOKENS_PER_ROLE a feature. */
export const effectNames = ['promoted_effect', 'suppressed_effect'] as const;
export type EffectName = (typeof effectNames)[number];

export type PartName = ColumnName | TokenRole | EffectName;

/** An SAE's file of one column or role. */
export interface Part {
  readonly sae: string;
  readonly name: PartName;
}

/** Shown numbers (max_activation; density and top_head_weight in per cent), heads, or families, counted from 1, 0 for none. */
export type Column = Uint16Array;
export type TokenColumn = Uint16Array | Uint32Array;

/** index.json: what the other files of a search folder hold. */
export interface SearchManifest {
  /** By layer, then by id. */
  readonly saes: readonly { readonly sae: string; readonly layer: number; readonly features: number }[];
  readonly families: readonly string[];
  /** Bytes of a token's place in the vocabulary. */
  readonly tokenBytes: 2 | 3;
  /** Features of a file of rows. */
  readonly rowsPerFile: number;
}

export const isEffectName = (name: PartName): name is EffectName => effectNames.some((effect) => effect === name);

export const isTokenRole = (name: PartName): name is TokenRole => tokenRoles.some((role) => role === name);

/** The files of a search folder; all but index.json are gzip, `names` a row of such pieces. */
export const searchFiles = {
  manifest: 'index.json',
  vocabulary: 'vocabulary.bin',
  part: ({ sae, name }: Part): string => `${sae}/${name}.bin`,
  rows: (sae: string, file: number): string => `${sae}/rows-${file}.bin`,
  nameSizes: 'names.bin',
  names: (sae: string): string => `${sae}/names.pack`,
  words: 'words.bin',
  wordLeaf: (leaf: number): string => `words/${leaf}.bin`,
} as const;
