export interface Near {
  readonly other: number;
  readonly value: number;
}

/** The state of KeptNearest, as another thread takes it: each feature's k places, and how many of them are filled. */
export interface NearestState {
  readonly values: Float32Array;
  readonly others: Int32Array;
  readonly counts: Int32Array;
}

/** Of each feature the k others of greatest value, ties by the others' numbers; whatever the order they come in. */
export class KeptNearest {
  readonly k: number;
  readonly state: NearestState;
  readonly #values: Float32Array;
  readonly #others: Int32Array;
  readonly #counts: Int32Array;

  constructor(features: number, k: number, state: NearestState = emptyState(features, k)) {
    this.k = k;
    this.state = state;
    this.#values = state.values;
    this.#others = state.others;
    this.#counts = state.counts;
  }

  add(feature: number, other: number, value: number): void {
    const start = feature * this.k;
    let at = start + this.#counts[feature];
    const stored = Math.fround(value);
    while (at > start && this.#isBefore(stored, other, at - 1)) at--;
    const end = start + this.k;
    if (at === end) return;
    this.#values.copyWithin(at + 1, at, end - 1);
    this.#others.copyWithin(at + 1, at, end - 1);
    this.#values[at] = stored;
    this.#others[at] = other;
    this.#counts[feature] = Math.min(this.k, this.#counts[feature] + 1);
  }

  /** Nearest first. */
  of(feature: number): Near[] {
    const start = feature * this.k;
    return Array.from({ length: this.#counts[feature] }, (_, i) => ({
      other: this.#others[start + i],
      value: this.#values[start + i],
    }));
  }

  #isBefore(value: number, other: number, at: number): boolean {
    return value > this.#values[at] || (value === this.#values[at] && other < this.#others[at]);
  }
}

const emptyState = (features: number, k: number): NearestState => ({
  values: new Float32Array(features * k),
  others: new Int32Array(features * k),
  counts: new Int32Array(features),
});
