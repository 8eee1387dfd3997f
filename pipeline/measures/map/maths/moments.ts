/** Sums over vectors of width d, of which a mean and a covariance follow. */
export class Moments {
  readonly width: number;
  #count = 0;
  #mostAtOnce = 0;
  readonly #sums: Float64Array;
  readonly #products: Float64Array;

  constructor(width: number) {
    this.width = width;
    this.#sums = new Float64Array(width);
    this.#products = new Float64Array(width * width);
  }

  /** Adds `count` rows [row, d] and their rowsᵀ·rows [d, d]; rows past `count` are 0. */
  add(count: number, rows: Float32Array, products: Float32Array): void {
    this.#count += count;
    this.#mostAtOnce = Math.max(this.#mostAtOnce, count);
    for (let i = 0; i < count * this.width; i++) this.#sums[i % this.width] += rows[i];
    for (let i = 0; i < products.length; i++) this.#products[i] += products[i];
  }

  merge(other: Moments): void {
    this.#count += other.#count;
    this.#mostAtOnce = Math.max(this.#mostAtOnce, other.#mostAtOnce);
    for (let i = 0; i < this.width; i++) this.#sums[i] += other.#sums[i];
    for (let i = 0; i < this.#products.length; i++) this.#products[i] += other.#products[i];
  }

  get mean(): Float64Array {
    return this.#sums.map((sum) => sum / Math.max(1, this.#count));
  }

  /** Σ (x − mean)·(x − mean)ᵀ / n, [d, d]. */
  covariance(): Float64Array {
    const { mean, width } = this;
    const n = Math.max(1, this.#count);
    return this.#products.map((sum, i) => sum / n - mean[Math.floor(i / width)] * mean[i % width]);
  }

  /** What may be left of Σ‖x − mean‖²/n where all x are one: the n products added at once, float32, are n·2⁻²⁴ off at most. */
  get rounding(): number {
    let squares = 0;
    for (let i = 0; i < this.width; i++) squares += this.#products[i * (this.width + 1)];
    return (this.#mostAtOnce * 2 ** -24 * squares) / Math.max(1, this.#count);
  }
}
