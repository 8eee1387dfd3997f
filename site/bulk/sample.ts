const PAGES_AN_SAE = 8;

/** Features of an SAE that a bulk build also renders by Astro: first, last and evenly between. */
export function bulkSample(dSae: number): number[] {
  const step = (dSae - 1) / (PAGES_AN_SAE - 1);
  return [...new Set(Array.from({ length: PAGES_AN_SAE }, (_, i) => Math.round(i * step)))];
}
