import type { LayerFeatures } from '../protocol.ts';
import { featuresAt } from './features-at.ts';

/** A feature's activation in two passes, 0 where it is not active. */
export interface FeatureChange {
  readonly layer: number;
  readonly feature: number;
  readonly before: number;
  readonly after: number;
}

export interface LayerChange {
  readonly layer: number;
  /** From the greatest change. */
  readonly changes: readonly FeatureChange[];
  /** Features active in both, and alike. */
  readonly unchangedCount: number;
}

/** Changes under this share of the larger activation are arithmetic's, not the model's. */
const LEAST_CHANGE = 1e-3;

/** What differs, layer by layer, between the features at a position of one pass and at a position of another. */
export function changeFeatures(
  before: { readonly layers: readonly LayerFeatures[]; readonly position: number },
  after: { readonly layers: readonly LayerFeatures[]; readonly position: number },
): LayerChange[] {
  return before.layers.map((own) => {
    const other = after.layers.find(({ layer }) => layer === own.layer);
    const first = new Map(featuresAt(own, before.position).map(({ feature, activation }) => [feature, activation]));
    const second = new Map(
      other ? featuresAt(other, after.position).map(({ feature, activation }) => [feature, activation]) : [],
    );
    const all = [...new Set([...first.keys(), ...second.keys()])].map((feature) => ({
      layer: own.layer,
      feature,
      before: first.get(feature) ?? 0,
      after: second.get(feature) ?? 0,
    }));
    const changes = all.filter((change) => size(change) > LEAST_CHANGE * Math.max(change.before, change.after));
    const sorted = changes.toSorted((a, b) => size(b) - size(a) || a.feature - b.feature);
    return { layer: own.layer, changes: sorted, unchangedCount: all.length - changes.length };
  });
}

const size = ({ before, after }: FeatureChange): number => Math.abs(after - before);
