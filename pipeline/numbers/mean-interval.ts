export interface MeanWithInterval {
  readonly count: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** 95 % of the normal distribution lies within so many deviations. */
const z = 1.959963984540054;

/**
 * Mean with its 95 % interval mean ± z·s/√n, s the sample's standard deviation, summed as values come (Welford).
 * Without values NaN; with one the interval is boundless.
 */
export class MeanInterval {
  #count = 0;
  #mean = 0;
  #squares = 0;

  add(value: number): void {
    this.#count++;
    const from = value - this.#mean;
    this.#mean += from / this.#count;
    this.#squares += from * (value - this.#mean);
  }

  get value(): MeanWithInterval {
    const [count, mean] = [this.#count, this.#mean];
    if (count === 0) return { count, mean: Number.NaN, low: Number.NaN, high: Number.NaN };
    if (count === 1) return { count, mean, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
    const half = (z * Math.sqrt(this.#squares / (count - 1))) / Math.sqrt(count);
    return { count, mean, low: mean - half, high: mean + half };
  }
}
