import type { ActiveFeatures } from '../../../pipeline/attribution/recursion/active-features.ts';
import type { LayerFeatures } from '../protocol.ts';

/** Active features by position, then by activation from the highest, ties to the lower feature. */
export function layerFeatures(layer: number, { features, sources, values }: ActiveFeatures): LayerFeatures {
  const rows = Array.from(features.keys()).sort(
    (a, b) =>
      (sources[a] ?? 0) - (sources[b] ?? 0) ||
      (values[b] ?? 0) - (values[a] ?? 0) ||
      (features[a] ?? 0) - (features[b] ?? 0),
  );
  return {
    layer,
    features: Int32Array.from(rows, (row) => features[row] ?? 0),
    positions: Int32Array.from(rows, (row) => sources[row] ?? 0),
    activations: Float32Array.from(rows, (row) => values[row] ?? 0),
  };
}
