import { type ActiveFeature, featuresAt } from '../passes/features-at.ts';
import type { LayerFeatures } from '../protocol.ts';
import type { LabelOf } from '../view.ts';

export interface FeatureGroup {
  readonly layer: number;
  readonly features: readonly ActiveFeature[];
  /** The largest activation in the group; bars of features without a known maximum are drawn against it. */
  readonly largest: number;
}

export interface FeatureFilter {
  readonly layer: number | null;
  readonly family: string | null;
}

/** The active features at a position by layer, those of the filter's layer and family. */
export function listFeatures(
  layers: readonly LayerFeatures[],
  position: number,
  { layer, family }: FeatureFilter,
  labelOf: LabelOf,
): FeatureGroup[] {
  return layers
    .filter((own) => layer === null || own.layer === layer)
    .map((own) => {
      const features = featuresAt(own, position);
      const largest = features.at(0)?.activation ?? 0;
      const kept = features.filter(
        (active) => family === null || labelOf(own.layer, active.feature)?.family === family,
      );
      return { layer: own.layer, features: kept, largest };
    });
}

/** The families of the active features, from the commonest. */
export function familiesOf(groups: readonly FeatureGroup[], labelOf: LabelOf): [family: string, features: number][] {
  const counts = new Map<string, number>();
  for (const { layer, feature } of groups.flatMap(({ features }) => features)) {
    const family = labelOf(layer, feature)?.family;
    if (family) counts.set(family, (counts.get(family) ?? 0) + 1);
  }
  return [...counts].toSorted(([a, many], [b, few]) => few - many || a.localeCompare(b));
}
