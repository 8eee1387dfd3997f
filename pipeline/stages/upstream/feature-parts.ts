import type { ActiveFeatures } from '../../core/recursion/active-features.ts';
import type { FeaturePart } from './layer-sums.ts';

/** Contributions of one lower layer's active features to some targets. */
export interface FeatureContributions {
  readonly layer: number;
  readonly active: ActiveFeatures;
  /** [row, target, head], the rows those of `active`, or more. */
  readonly contributions: Float32Array;
  /** [target·head, dIn]: the targets' directions in that layer's z. */
  readonly read: Float32Array;
  /** [dSae, dIn] */
  readonly wDec: Float32Array;
}

export interface TargetOf {
  /** Its number among the block's targets, and how many they are. */
  readonly target: number;
  readonly targets: number;
  readonly heads: number;
  readonly position: number;
}

/** A feature's contributions summed over sources. */
class Sums {
  attribution = 0;
  size = 0;
  sizeTimesDistance = 0;
  readonly byHead: Float64Array;

  constructor(heads: number) {
    this.byHead = new Float64Array(heads);
  }
}

/** The strongest upstream features of one target, at most `keep`, and the attribution of all. */
export function strongestFeatures(
  layers: readonly FeatureContributions[],
  of: TargetOf,
  keep: number,
): { features: FeaturePart[]; allFeatures: number } {
  const found = layers.flatMap((layer) =>
    [...sumByFeature(layer, of)].map(([feature, sums]) => ({ layer, feature, sums })),
  );
  const allFeatures = found.reduce((sum, { sums }) => sum + sums.attribution, 0);
  const strongest = found
    .filter(({ sums }) => sums.attribution !== 0)
    .sort((a, b) => Math.abs(b.sums.attribution) - Math.abs(a.sums.attribution))
    .slice(0, keep);
  return { allFeatures, features: strongest.map(({ layer, feature, sums }) => partOf(layer, feature, sums, of)) };
}

function sumByFeature({ active, contributions }: FeatureContributions, of: TargetOf): Map<number, Sums> {
  const { target, targets, heads, position } = of;
  const byFeature = new Map<number, Sums>();
  for (let row = 0; row < active.features.length; row++) {
    const source = active.sources[row] ?? 0;
    if (source > position) break;
    const feature = active.features[row] ?? 0;
    const sums = byFeature.get(feature) ?? new Sums(heads);
    byFeature.set(feature, sums);
    const start = (row * targets + target) * heads;
    let total = 0;
    for (let head = 0; head < heads; head++) {
      const value = contributions[start + head] ?? 0;
      total += value;
      sums.byHead[head] = (sums.byHead[head] ?? 0) + value;
    }
    sums.attribution += total;
    sums.size += Math.abs(total);
    sums.sizeTimesDistance += Math.abs(total) * (position - source);
  }
  return byFeature;
}

function partOf({ layer, read, wDec }: FeatureContributions, feature: number, sums: Sums, of: TargetOf): FeaturePart {
  const { attribution, size, sizeTimesDistance, byHead } = sums;
  const head = strongestHead(byHead);
  const dIn = read.length / (of.targets * of.heads);
  const [direction, row] = [(of.target * of.heads + head) * dIn, feature * dIn];
  let wiring = 0;
  for (let d = 0; d < dIn; d++) wiring += (read[direction + d] ?? 0) * (wDec[row + d] ?? 0);
  return { layer, feature, attribution, size, sizeTimesDistance, head, wiring };
}

/** Index of the largest magnitude. */
export function strongestHead(byHead: Float32Array | Float64Array): number {
  let best = 0;
  for (let head = 1; head < byHead.length; head++) {
    if (Math.abs(byHead[head] ?? 0) > Math.abs(byHead[best] ?? 0)) best = head;
  }
  return best;
}
