import type { SearchIndex } from '../search/load.ts';
import { rowView } from '../search/row-view.ts';
import type { FeatureLabel } from './view.ts';

export interface KnownFeature extends FeatureLabel {
  readonly maxActivation: number;
}

export type KnownFeatureOf = (layer: number, feature: number) => KnownFeature | undefined;

/** What the search index knows of a feature; what it promotes, once its SAE's tokens are loaded. */
export function knownFeatures(index: SearchIndex, saeOf: (layer: number) => string): KnownFeatureOf {
  const starts = new Map<string, { readonly start: number; readonly features: number }>();
  let start = 0;
  for (const { sae, features } of index.manifest.saes) {
    starts.set(sae, { start, features });
    start += features;
  }
  return (layer, feature) => {
    const block = starts.get(saeOf(layer));
    if (!block || feature >= block.features) return undefined;
    const { family, promoted, max } = rowView(index, block.start + feature);
    return { family: family === '' ? null : family, promotes: promoted, maxActivation: max };
  };
}
