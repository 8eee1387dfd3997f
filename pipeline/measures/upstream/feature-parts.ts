import type { FloatTensor } from '../../numbers/tensor.ts';
import type { ContributionBlocks, TargetOf } from './feature-sums.ts';
import type { FeaturePart } from './layer-sums.ts';
import { type LowerLayer, rowBlock } from './lower-layer.ts';

/** Contributions of one lower layer's active features to some targets, and what they are made of. */
export interface FeatureContributions extends ContributionBlocks {
  readonly lower: LowerLayer;
  /** The rows in blocks, by head, [head, row, d], or the same for all, [row, d]; and what is read of them, [head, target, d]. */
  readonly rows: readonly FloatTensor[];
  readonly reads: FloatTensor;
  /** [head, source, target] */
  readonly weights: FloatTensor;
}

interface Strongest {
  readonly feature: number;
  readonly magnitude: number;
  /** None until its layer's contributions have all been seen. */
  part?: FeaturePart;
}

/** The strongest upstream features of one target, at most `keep`, and the attribution of all; layer by layer. */
export class StrongestFeatures {
  readonly #keep: number;
  readonly #strongest: Strongest[] = [];
  #allFeatures = 0;

  constructor(keep: number) {
    this.#keep = keep;
  }

  get allFeatures(): number {
    return this.#allFeatures;
  }

  /** Strongest first. */
  get features(): FeaturePart[] {
    return this.#strongest.flatMap(({ part }) => part ?? []);
  }

  take(layer: FeatureContributions, of: TargetOf): void {
    const { sums } = layer.lower;
    sums.take(layer, of);
    let least = this.#least;
    for (const feature of sums.touched) {
      const attribution = sums.attribution[feature];
      this.#allFeatures += attribution;
      const magnitude = Math.abs(attribution);
      if (magnitude <= least) continue;
      insert(this.#strongest, { feature, magnitude }, this.#keep);
      least = this.#least;
    }
    // The rows that a part is made of are gone when the next layer comes.
    for (const own of this.#strongest) own.part ??= partOf(layer, own.feature, of);
  }

  /** What a magnitude must exceed. */
  get #least(): number {
    return this.#strongest.length < this.#keep ? 0 : this.#strongest[this.#keep - 1].magnitude;
  }
}

/** In falling order of magnitude, equals in the order they came. */
function insert(strongest: Strongest[], own: Strongest, keep: number): void {
  const after = strongest.findIndex(({ magnitude }) => magnitude < own.magnitude);
  strongest.splice(after < 0 ? strongest.length : after, 0, own);
  if (strongest.length > keep) strongest.pop();
}

function partOf(from: FeatureContributions, feature: number, of: TargetOf): FeaturePart {
  const { sums, sae } = from.lower;
  const wiring = wiringByHead(from, feature, of);
  const head = strongestHead(weightByHead(from, feature, of).map((weight, at) => weight * wiring[at]));
  return {
    layer: sae.layer,
    feature,
    attribution: sums.attribution[feature],
    size: sums.size[feature],
    sizeTimesDistance: sums.sizeTimesDistance[feature],
    head,
    wiring: wiring[head],
  };
}

/** What each head reads of a unit of a feature: the product of its row and what the target reads. */
function wiringByHead(
  { lower, rows, reads }: FeatureContributions,
  feature: number,
  { target }: TargetOf,
): Float64Array {
  const [heads, targets, width] = reads.shape;
  const [row = 0] = lower.sums.rowsOf(feature, Number.POSITIVE_INFINITY);
  const { shape, data } = rows[Math.floor(row / rowBlock)];
  const perHead = shape.length === 3 ? rowBlock * width : 0;
  return Float64Array.from({ length: heads }, (_, head) => {
    const [x, r] = [head * perHead + (row % rowBlock) * width, (head * targets + target) * width];
    let sum = 0;
    for (let d = 0; d < width; d++) sum += data[x + d] * reads.data[r + d];
    return sum;
  });
}

/** What it is multiplied with: Σ weight·f over the feature's sources, by head. */
function weightByHead(
  { lower, weights }: FeatureContributions,
  feature: number,
  { target, position }: TargetOf,
): Float64Array {
  const [heads, length, targets] = weights.shape;
  const { sources, values } = lower.active;
  const sums = new Float64Array(heads);
  for (const row of lower.sums.rowsOf(feature, position)) {
    for (let head = 0; head < heads; head++) {
      sums[head] += weights.data[(head * length + sources[row]) * targets + target] * values[row];
    }
  }
  return sums;
}

/** Index of the largest magnitude. */
export function strongestHead(byHead: Float32Array | Float64Array): number {
  let best = 0;
  for (let head = 1; head < byHead.length; head++) {
    if (Math.abs(byHead[head]) > Math.abs(byHead[best])) best = head;
  }
  return best;
}
