import type { Part, PartName } from '../search/format.ts';
import type { SearchIndex } from '../search/load.ts';
import { tokenTexts } from '../search/row-view.ts';
import { decodeShown } from '../search/shown-number.ts';
import type { FeatureLabel } from './view.ts';

export interface KnownFeature extends FeatureLabel {
  /** Over the run's text; undefined until it is known. */
  readonly maxActivation: number | undefined;
}

export type KnownFeatureOf = (layer: number, feature: number) => KnownFeature | undefined;

const TOKENS_NAMED = 5;

/** Before the index has come. */
export const unknownFeatures =
  (saeOf: (layer: number) => string): KnownFeatureOf =>
  (layer) => ({ sae: saeOf(layer), family: null, promotes: [], name: () => undefined, maxActivation: undefined });

/** What the search index knows of a feature, as far as the parts named below are loaded, and what it is called. */
export function knownFeatures(index: SearchIndex, saeOf: (layer: number) => string): KnownFeatureOf {
  const starts = new Map<string, { readonly start: number; readonly features: number }>();
  let start = 0;
  for (const { sae, features } of index.manifest.saes) {
    starts.set(sae, { start, features });
    start += features;
  }
  return (layer, feature) => {
    const sae = saeOf(layer);
    const block = starts.get(sae);
    if (!block || feature >= block.features) return undefined;
    const row = block.start + feature;
    const family = index.search.code(row, 'family') ?? 0;
    return {
      sae,
      family: family > 0 ? index.manifest.families[family - 1] : null,
      promotes: tokenTexts(index, row, 'promoted').slice(0, TOKENS_NAMED),
      name: () => index.names.nameOf({ sae, feature }),
      maxActivation: decodeShown(index.search.code(row, 'max_activation') ?? 0),
    };
  };
}

/** The parts of the search index that this is read from. */
export function knownParts(saes: readonly string[]): Part[] {
  const names: readonly PartName[] = ['family', 'max_activation', 'promoted'];
  return saes.flatMap((sae) => names.map((name) => ({ sae, name })));
}
