import type { LayerFeatures } from '../protocol.ts';

export interface ActiveFeature {
  readonly layer: number;
  readonly feature: number;
  readonly activation: number;
}

/** The features of a layer that are active at a position, from the strongest. */
export function featuresAt({ layer, features, positions, activations }: LayerFeatures, position: number) {
  const active: ActiveFeature[] = [];
  for (let i = firstAt(positions, position); positions[i] === position; i++)
    active.push({ layer, feature: features[i], activation: activations[i] });
  return active;
}

/** A feature's activation at every one of `length` positions. */
export function activationsAlong(
  layers: readonly LayerFeatures[],
  unit: Omit<ActiveFeature, 'activation'>,
  length: number,
) {
  const along = new Float32Array(length);
  const own = layers.find(({ layer }) => layer === unit.layer);
  own?.features.forEach((feature, i) => {
    if (feature === unit.feature) along[own.positions[i]] = own.activations[i];
  });
  return along;
}

/** Index of the first entry at or after a position; positions ascend. */
function firstAt(positions: Int32Array, position: number): number {
  let low = 0;
  let high = positions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (positions[middle] < position) low = middle + 1;
    else high = middle;
  }
  return low;
}
