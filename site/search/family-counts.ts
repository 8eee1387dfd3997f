import type { FeatureColumns } from './format.ts';

/** How many of some rows are of each family, in the order of the manifest's families. */
export function familyCounts({ family }: FeatureColumns, rows: Uint32Array, families: readonly string[]): number[] {
  const counts = new Array<number>(families.length).fill(0);
  for (const row of rows) {
    const place = family[row] - 1;
    if (place >= 0) counts[place] += 1;
  }
  return counts;
}
