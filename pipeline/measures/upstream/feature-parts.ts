import type { ActiveFeatures } from '../../attribution/recursion/active-features.ts';
import type { FloatTensor } from '../../numbers/tensor.ts';
import { readRow } from '../../numbers/tensor-rows.ts';
import type { FeaturePart } from './layer-sums.ts';

/** Contributions of one lower layer's active features to some targets. */
export interface FeatureContributions {
  readonly layer: number;
  readonly active: ActiveFeatures;
  /** [row, target, head], the rows those of `active`, or more. */
  readonly contributions: Float32Array;
  /** [target·head, dIn]: the targets' directions at its site. */
  readonly read: Float32Array;
  /** [dSae, dIn] */
  readonly wDec: FloatTensor;
  readonly sums: FeatureSums;
}

export interface TargetOf {
  /** Its number among the block's targets, and how many they are. */
  readonly target: number;
  readonly targets: number;
  readonly position: number;
}

/** Room to sum one lower layer's contributions by feature; cleared by what was touched, so that it can be used again. */
export class FeatureSums {
  readonly heads: number;
  /** Features with contributions, in the order they came. */
  readonly touched: number[] = [];
  readonly attribution: Float64Array;
  readonly size: Float64Array;
  readonly sizeTimesDistance: Float64Array;
  /** [feature, head] */
  readonly byHead: Float64Array;
  readonly #seen: Uint8Array;

  constructor(dSae: number, heads: number) {
    this.heads = heads;
    this.attribution = new Float64Array(dSae);
    this.size = new Float64Array(dSae);
    this.sizeTimesDistance = new Float64Array(dSae);
    this.byHead = new Float64Array(dSae * heads);
    this.#seen = new Uint8Array(dSae);
  }

  /** Sums anew the contributions to one target. */
  take({ active, contributions }: FeatureContributions, { target, targets, position }: TargetOf): void {
    this.#clear();
    for (let row = 0; row < active.features.length; row++) {
      const source = active.sources[row];
      if (source > position) break;
      this.#add(active.features[row], contributions, (row * targets + target) * this.heads, position - source);
    }
  }

  #add(feature: number, contributions: Float32Array, start: number, distance: number): void {
    if (this.#seen[feature] === 0) this.touched.push(feature);
    this.#seen[feature] = 1;
    let total = 0;
    for (let head = 0; head < this.heads; head++) {
      const value = contributions[start + head];
      total += value;
      this.byHead[feature * this.heads + head] += value;
    }
    const size = Math.abs(total);
    this.attribution[feature] += total;
    this.size[feature] += size;
    this.sizeTimesDistance[feature] += size * distance;
  }

  #clear(): void {
    for (const feature of this.touched) {
      this.#seen[feature] = 0;
      this.attribution[feature] = 0;
      this.size[feature] = 0;
      this.sizeTimesDistance[feature] = 0;
      this.byHead.fill(0, feature * this.heads, (feature + 1) * this.heads);
    }
    this.touched.length = 0;
  }
}

/** The strongest upstream features of one target, at most `keep`, and the attribution of all. */
export function strongestFeatures(
  layers: readonly FeatureContributions[],
  of: TargetOf,
  keep: number,
): { features: FeaturePart[]; allFeatures: number } {
  const strongest: { layer: FeatureContributions; feature: number; magnitude: number }[] = [];
  let allFeatures = 0;
  for (const layer of layers) {
    layer.sums.take(layer, of);
    const least = leastKept(layer.sums, keep);
    for (const feature of layer.sums.touched) {
      const attribution = layer.sums.attribution[feature];
      allFeatures += attribution;
      const magnitude = Math.abs(attribution);
      if (magnitude > 0 && magnitude >= least) strongest.push({ layer, feature, magnitude });
    }
  }
  strongest.sort((a, b) => b.magnitude - a.magnitude);
  return { allFeatures, features: strongest.slice(0, keep).map(({ layer, feature }) => partOf(layer, feature, of)) };
}

/** The magnitude that the `keep` strongest have at least. */
function leastKept({ touched, attribution }: FeatureSums, keep: number): number {
  const magnitudes = Float64Array.from(touched, (feature) => Math.abs(attribution[feature])).sort();
  return magnitudes.length < keep ? 0 : magnitudes[magnitudes.length - keep];
}

function partOf({ layer, sums, read, wDec }: FeatureContributions, feature: number, of: TargetOf): FeaturePart {
  const head = strongestHead(sums.byHead.subarray(feature * sums.heads, (feature + 1) * sums.heads));
  const dIn = read.length / (of.targets * sums.heads);
  const direction = (of.target * sums.heads + head) * dIn;
  const row = new Float32Array(dIn);
  readRow(wDec, feature, row);
  let wiring = 0;
  for (let d = 0; d < dIn; d++) wiring += read[direction + d] * row[d];
  return {
    layer,
    feature,
    attribution: sums.attribution[feature],
    size: sums.size[feature],
    sizeTimesDistance: sums.sizeTimesDistance[feature],
    head,
    wiring,
  };
}

/** Index of the largest magnitude. */
export function strongestHead(byHead: Float32Array | Float64Array): number {
  let best = 0;
  for (let head = 1; head < byHead.length; head++) {
    if (Math.abs(byHead[head]) > Math.abs(byHead[best])) best = head;
  }
  return best;
}
