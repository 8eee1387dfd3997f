const IN_A_ROW = 4;

/** Features of an SAE that a bulk build also renders by Astro: its first four and its last, each read at once. */
export function bulkSample(dSae: number): number[] {
  const first = Array.from({ length: IN_A_ROW }, (_, i) => i);
  const sample = [...first, ...first.map((i) => dSae - IN_A_ROW + i)];
  return [...new Set(sample)].filter((feature) => feature >= 0 && feature < dSae);
}
