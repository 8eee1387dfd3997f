/** Of each layer the SAE that is used unless another is picked: the first. */
export function firstOfLayer<T extends { readonly layer: number }>(saes: readonly T[]): T[] {
  const layers = new Set<number>();
  return saes.filter(({ layer }) => !layers.has(layer) && layers.add(layer));
}
