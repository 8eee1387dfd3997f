/** One number for a layer and a feature: (l + i)(l + i + 1)/2 + i, as graph files name features. */
export const cantorPair = (layer: number, feature: number): number =>
  ((layer + feature) * (layer + feature + 1)) / 2 + feature;

/** The layer of such a number: with d = l + i, the greatest whole d whose d(d + 1)/2 it holds. */
export function layerOfPair(pair: number): number {
  const diagonal = Math.floor((Math.sqrt(8 * pair + 1) - 1) / 2);
  return (diagonal * (diagonal + 3)) / 2 - pair;
}
