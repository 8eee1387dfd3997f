import type { Unit } from '../view.ts';

interface MaybeFeature {
  readonly layer: number | null;
  readonly feature: number | null;
}

/** Those of some components or nodes that are features, each once. */
export function featuresOf(components: Iterable<MaybeFeature>): Unit[] {
  const found = new Map<string, Unit>();
  for (const { layer, feature } of components) {
    if (layer !== null && feature !== null) found.set(`${layer}/${feature}`, { layer, feature });
  }
  return [...found.values()];
}
