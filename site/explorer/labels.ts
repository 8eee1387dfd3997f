import type { SearchIndex } from '../search/load.ts';
import { rowView } from '../search/row-view.ts';
import type { FeatureLabel } from './state.ts';

export interface KnownFeature extends FeatureLabel {
  readonly maxActivation: number;
}

export type KnownFeatureOf = (layer: number, feature: number) => KnownFeature | undefined;

/** What the search index knows of a feature; what it promotes, once its layer's tokens are loaded. */
export function knownFeatures(index: SearchIndex): KnownFeatureOf {
  const starts = new Map<number, { readonly start: number; readonly features: number }>();
  let start = 0;
  for (const { layer, features } of index.manifest.layers) {
    starts.set(layer, { start, features });
    start += features;
  }
  return (layer, feature) => {
    const block = starts.get(layer);
    if (!block || feature >= block.features) return undefined;
    const { family, promoted, max } = rowView(index, block.start + feature);
    return { family: family === '' ? null : family, promotes: promoted, maxActivation: max };
  };
}
