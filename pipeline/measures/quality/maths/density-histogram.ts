/** Features of one SAE by how often they are active. */
export interface DensityHistogram {
  /** log10 of the bins' bounds, one more than there are bins. */
  readonly edges: Float32Array;
  readonly counts: Float64Array;
}

const binsPerDecade = 4;

/**
 * Features by log10 of their density, count/tokens: four bins a decade, from the decade of a single token up to 1; a bin
 * holds its lower bound, the last one both. counts [dSae]; dead features, of no activation, are in no bin.
 */
export function densityHistogram(counts: ArrayLike<number>, tokens: number): DensityHistogram {
  const decades = Math.max(1, Math.ceil(Math.log10(tokens)));
  const bins = decades * binsPerDecade;
  const edges = Float32Array.from({ length: bins + 1 }, (_, i) => i / binsPerDecade - decades);
  const bounds = Array.from(edges, (edge) => 10 ** edge);
  const binned = new Float64Array(bins);
  for (let feature = 0; feature < counts.length; feature++) {
    if (counts[feature] === 0) continue;
    const density = counts[feature] / tokens;
    const above = bounds.findIndex((bound) => bound > density);
    const bin = Math.max(0, (above < 0 ? bins : Math.min(above, bins)) - 1);
    binned[bin] = binned[bin] + 1;
  }
  return { edges, counts: binned };
}
