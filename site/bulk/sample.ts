const PAGES_A_LAYER = 8;

/** Features of a layer that a bulk build also renders by Astro: first, last and evenly between. */
export function bulkSample(dSae: number): number[] {
  const step = (dSae - 1) / (PAGES_A_LAYER - 1);
  return [...new Set(Array.from({ length: PAGES_A_LAYER }, (_, i) => Math.round(i * step)))];
}
