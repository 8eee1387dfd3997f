import type { ActiveFeatures } from '../../../pipeline/attribution/recursion/active-features.ts';
import type { LayerFeatures } from '../protocol.ts';

/** Active features by position, then by activation from the highest, ties to the lower feature. */
export function layerFeatures(layer: number, { features, sources, values }: ActiveFeatures): LayerFeatures {
  const rows = Array.from(features.keys()).sort(
    (a, b) => sources[a] - sources[b] || values[b] - values[a] || features[a] - features[b],
  );
  return {
    layer,
    features: Int32Array.from(rows, (row) => features[row]),
    positions: Int32Array.from(rows, (row) => sources[row]),
    activations: Float32Array.from(rows, (row) => values[row]),
  };
}
