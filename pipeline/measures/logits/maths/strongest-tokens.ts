export interface TokenValue {
  readonly tokenId: number;
  readonly value: number;
}

/** The k tokens of greatest effect, or of least, of each of some features. */
export class StrongestTokens {
  readonly #k: number;
  readonly #sign: 1 | -1;
  readonly #ids: Int32Array;
  readonly #values: Float32Array;

  constructor(features: number, k: number, way: 'greatest' | 'least') {
    this.#k = k;
    this.#sign = way === 'greatest' ? 1 : -1;
    this.#ids = new Int32Array(features * k);
    this.#values = new Float32Array(features * k);
  }

  /** Keeps a feature's strongest out of k candidates or more; of equal ones the first. */
  take(feature: number, values: Float32Array, ids: Int32Array): void {
    const first = feature * this.#k;
    let kept = 0;
    for (let i = 0; i < values.length; i++) {
      if (kept === this.#k && !this.#isStronger(values[i], first + kept - 1)) continue;
      let at = first + (kept < this.#k ? kept++ : kept - 1);
      for (; at > first && this.#isStronger(values[i], at - 1); at--) this.#copy(at - 1, at);
      this.#values[at] = values[i];
      this.#ids[at] = ids[i];
    }
  }

  /** Strongest first. */
  of(feature: number): TokenValue[] {
    return Array.from({ length: this.#k }, (_, rank) => {
      const at = feature * this.#k + rank;
      return { tokenId: this.#ids[at], value: this.#values[at] };
    });
  }

  #isStronger(value: number, than: number): boolean {
    return this.#sign * (value - this.#values[than]) > 0;
  }

  #copy(from: number, to: number): void {
    this.#values[to] = this.#values[from];
    this.#ids[to] = this.#ids[from];
  }
}
