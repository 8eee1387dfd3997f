import type { FeatureIndexRow } from '../../../pipeline/tables/feature-index.ts';
import type { FeatureName } from '../../../site/page-kit/feature-name.ts';
import { createSearch } from '../../../site/search/filter.ts';
import {
  columnNames,
  type EffectName,
  effectNames,
  type SearchManifest,
  tokenRoles,
} from '../../../site/search/format.ts';
import type { SearchIndex } from '../../../site/search/load.ts';
import { saeColumns } from '../../../site/search/sae-columns.ts';
import { openWordIndex, type WordRank } from '../../../site/search/words/open-word-index.ts';
import { createWordIndexBuilder } from '../../../site/search/words/word-index-builder.ts';

type Given = Omit<Partial<FeatureIndexRow>, 'promoted' | 'suppressed' | 'activating' | EffectName> & {
  readonly promoted?: readonly number[];
  readonly suppressed?: readonly number[];
  readonly activating?: readonly number[];
  readonly promoted_effect?: readonly number[];
  readonly suppressed_effect?: readonly number[];
  readonly label?: string;
  readonly summary?: string;
};

export interface MadeSae {
  readonly sae: string;
  readonly layer: number;
  readonly rows: readonly Given[];
}

/** An index of some features with all of it loaded but the roles of `without`; a token's place is its id + 1. */
export function madeIndex(
  saes: readonly MadeSae[],
  {
    vocabulary,
    families = [],
    without = [],
  }: {
    readonly vocabulary: readonly string[];
    readonly families?: readonly string[];
    readonly without?: readonly string[];
  },
): SearchIndex {
  const manifest: SearchManifest = {
    saes: saes.map(({ sae, layer, rows }) => ({ sae, layer, features: rows.length })),
    families,
    tokenBytes: 2,
    rowsPerFile: 512,
  };
  const search = createSearch(manifest);
  search.addVocabulary(['', ...vocabulary]);
  for (const { sae, layer, rows } of saes) {
    const made = saeColumns({ sae, layer }, rows.map(featureRow), families);
    for (const name of columnNames) search.add({ sae, name }, made.numbers[name]);
    for (const name of effectNames) search.add({ sae, name }, made.effects[name]);
    for (const name of tokenRoles.filter(() => !without.includes(sae))) search.add({ sae, name }, made.tokens[name]);
  }
  const words = madeWords(saes.flatMap(({ rows }) => rows));
  search.addWords(words);
  const bySae = new Map(saes.map(({ sae, rows }) => [sae, rows]));
  const nothing = async () => {};
  const texts = ['', ...vocabulary];
  return {
    manifest,
    search,
    vocabulary: texts,
    names: {
      nameOf: ({ sae, feature }) => madeName(bySae.get(sae)?.[feature]),
      load: nothing,
    },
    load: nothing,
    loadRows: nothing,
    loadParts: nothing,
    rowFile: () => undefined,
  };
}

function madeName(given: Given | undefined): FeatureName | undefined {
  if (given?.label !== undefined) return { text: given.label, isRule: false, isAtChance: false };
  return given?.summary === undefined ? undefined : { text: given.summary, isRule: true, isAtChance: false };
}

/** All words of some rows, as if their leaves had come. */
export function madeWords(rows: readonly { readonly label?: string; readonly summary?: string }[]): WordRank {
  const builder = createWordIndexBuilder();
  for (const [row, { label = null, summary = '' }] of rows.entries()) builder.add(row, { label, summary });
  const { manifest, leaves } = builder.finish(rows.length);
  const index = openWordIndex(manifest);
  for (const [i, leaf] of leaves.entries()) index.add(i, leaf);
  return index.rank;
}

function featureRow(
  { promoted = [], suppressed = [], activating = [], promoted_effect = [], suppressed_effect = [], ...given }: Given,
  feature: number,
): FeatureIndexRow {
  return {
    ...{ feature, count: 10, density: 0.01, mean_active: 1, max_activation: 1, top_head: 0, top_head_weight: 0.5 },
    family: null,
    ...given,
    promoted: Int32Array.from(promoted),
    suppressed: Int32Array.from(suppressed),
    activating: Int32Array.from(activating),
    promoted_effect: Float32Array.from(promoted_effect),
    suppressed_effect: Float32Array.from(suppressed_effect),
  };
}
