/** Of some threads and each feature the activation to beat, in memory that they share: [lane, feature]. */
export type SharedThresholds = Float32Array<SharedArrayBuffer>;

export const sharedThresholds = (lanes: number, features: number): SharedThresholds =>
  new Float32Array(new SharedArrayBuffer(lanes * features * Float32Array.BYTES_PER_ELEMENT));

/** What a thread that records a part of a corpus knows of the parts that others record meanwhile, by their thresholds. */
export class LaneThresholds {
  readonly #all: SharedThresholds;
  readonly #lane: number;
  readonly #features: number;

  /** `lane` is this thread's, from 0 on. */
  constructor(all: SharedThresholds, lane: number, features: number) {
    this.#all = all;
    this.#lane = lane;
    this.#features = features;
  }

  /** This part's own, which it keeps up to date. */
  get own(): Float32Array {
    return this.#all.subarray(this.#lane * this.#features, (this.#lane + 1) * this.#features);
  }

  /**
   * Whether another part has a whole top of larger activations of a feature: one that is beaten so is in no top of the
   * corpus. A threshold that is not the latest says no where it might say yes.
   */
  isBeaten(feature: number, value: number): boolean {
    for (let at = feature; at < this.#all.length; at += this.#features) {
      if (at !== this.#lane * this.#features + feature && value < this.#all[at]) return true;
    }
    return false;
  }
}
