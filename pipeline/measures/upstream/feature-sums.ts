import type { ActiveFeatures } from '../../attribution/recursion/active-features.ts';

/** What sums are taken of: rows are those of what is active, blocks of them one after another. */
export interface ContributionBlocks {
  /** [target, row] of each block of rows. */
  readonly contributions: Float32Array;
  readonly rowsPerBlock: number;
}

/** One of the targets of a block, its number among them, and how many they are. */
export interface TargetOf {
  readonly target: number;
  readonly targets: number;
  readonly position: number;
}

/** One lower layer's contributions summed by feature; cleared by what was touched, so that it can be used again. */
export class FeatureSums {
  /** Features with contributions, in the order they came. */
  readonly touched: number[] = [];
  readonly attribution: Float64Array;
  /** Σ|contribution| over sources, and the same weighted by t − s. */
  readonly size: Float64Array;
  readonly sizeTimesDistance: Float64Array;
  readonly #seen: Uint8Array;
  /** The first row of each feature, and of each row the next of its feature; −1 for none. */
  readonly #first: Int32Array;
  #next = new Int32Array();
  #active: ActiveFeatures | undefined;

  constructor(dSae: number) {
    this.attribution = new Float64Array(dSae);
    this.size = new Float64Array(dSae);
    this.sizeTimesDistance = new Float64Array(dSae);
    this.#seen = new Uint8Array(dSae);
    this.#first = new Int32Array(dSae).fill(-1);
  }

  /** Takes what is active in a context, by source. */
  enter(active: ActiveFeatures): void {
    this.#clear();
    for (const feature of this.#active?.features ?? []) this.#first[feature] = -1;
    const { features } = active;
    this.#next = new Int32Array(features.length);
    for (let row = features.length - 1; row >= 0; row--) {
      this.#next[row] = this.#first[features[row]];
      this.#first[features[row]] = row;
    }
    this.#active = active;
  }

  /** Sums anew the contributions to one target. */
  take({ contributions, rowsPerBlock }: ContributionBlocks, { target, targets, position }: TargetOf): void {
    this.#clear();
    if (!this.#active) return;
    const { features, sources } = this.#active;
    for (let start = 0, block = 0; start < features.length; start += rowsPerBlock, block++) {
      const end = Math.min(features.length, start + rowsPerBlock);
      const before = (block * targets + target) * rowsPerBlock - start;
      for (let row = start; row < end; row++) {
        if (sources[row] > position) return;
        this.#add(features[row], contributions[before + row], position - sources[row]);
      }
    }
  }

  /** The rows of a feature up to a position, by source. */
  *rowsOf(feature: number, position: number): Generator<number> {
    const sources = this.#active?.sources ?? [];
    for (let row = this.#first[feature]; row >= 0 && sources[row] <= position; row = this.#next[row]) yield row;
  }

  #add(feature: number, value: number, distance: number): void {
    if (this.#seen[feature] === 0) this.touched.push(feature);
    this.#seen[feature] = 1;
    const size = Math.abs(value);
    this.attribution[feature] += value;
    this.size[feature] += size;
    this.sizeTimesDistance[feature] += size * distance;
  }

  #clear(): void {
    for (const feature of this.touched) {
      this.#seen[feature] = 0;
      this.attribution[feature] = 0;
      this.size[feature] = 0;
      this.sizeTimesDistance[feature] = 0;
    }
    this.touched.length = 0;
  }
}
