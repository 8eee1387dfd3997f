import type { NewMapPlaceRow } from '../../pipeline/measures/map/table.ts';
import type { NewNeighbourRow } from '../../pipeline/measures/neighbours/table.ts';
import type { NewWiringRow } from '../../pipeline/measures/wiring/table.ts';
import type { SyntheticShape } from './synthetic-shape.ts';

/** A feature's rows of `wiring`, all to the layer below. */
export function syntheticWiring({ features, heads }: SyntheticShape, layer: number, feature: number): NewWiringRow[] {
  return Array.from({ length: 5 }, (_, rank) => ({
    ...{ layer, sae: String(layer), feature, rank },
    ...{ upstream_layer: layer - 1, upstream_sae: String(layer - 1), upstream_feature: (feature + rank) % features },
    ...{ head: rank % heads, value: 1 - rank / 4 },
  }));
}

/** A feature's rows of `neighbours`, of each kind. */
export function syntheticNeighbours(
  { features, layers }: SyntheticShape,
  layer: number,
  feature: number,
): NewNeighbourRow[] {
  const near = (kind: NewNeighbourRow['kind'], rank: number, other_layer: number): NewNeighbourRow => ({
    ...{ layer, sae: String(layer), feature, kind, rank, other_layer, other_sae: String(other_layer) },
    ...{ other_feature: (feature + rank + 1) % features, value: 1 - rank / 12, twin: kind === 'decoder' && rank === 0 },
  });
  const ranks = Array.from({ length: 5 }, (_, rank) => rank);
  return [
    ...ranks.map((rank) => near('activation', rank, layer)),
    ...ranks.map((rank) => near('decoder', rank, layer)),
    ...(layers > 1 ? ranks.map((rank) => near('decoder', rank + 5, (layer + 1) % layers)) : []),
    ...ranks.map((rank) => near('logits', rank, (layer + rank) % layers)),
  ];
}

export const mapOf = { method: 'umap', plane_variance: 0.1 } as const;

/** On a spiral, each SAE's beside the one before. */
export function syntheticPlace(layer: number, feature: number): NewMapPlaceRow {
  const [x, y] = [Math.sqrt(feature) * Math.cos(feature), Math.sqrt(feature) * Math.sin(feature)];
  return { layer, sae: String(layer), feature, x, y, all_x: x + 12 * layer, all_y: y };
}
