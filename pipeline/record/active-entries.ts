import type { ActiveEntries } from './activation-log.ts';

/** A growing list of active (feature, token, value) triples, in the order they come. */
export class EntryBuffer {
  #features = new Int32Array(1 << 16);
  #tokens = new Uint32Array(1 << 16);
  #values = new Float32Array(1 << 16);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /**
   * Adds the positive values of one row of f [row, dSae], which are a token's activations. Most are zero, so where the
   * row allows it two are skipped at a time by reading them as one float64, which is zero only if both are.
   */
  addRow(f: Float32Array, row: number, dSae: number, token: number): void {
    while (this.#size + dSae > this.#features.length) this.#grow();
    const values = f.subarray(row * dSae, (row + 1) * dSae);
    const pairs = pairsOf(values);
    for (let pair = 0; pair < pairs.length; pair++) {
      if (pairs[pair] === 0) continue;
      this.#add(2 * pair, token, values[2 * pair]);
      this.#add(2 * pair + 1, token, values[2 * pair + 1]);
    }
    for (let feature = 2 * pairs.length; feature < dSae; feature++) this.#add(feature, token, values[feature]);
  }

  /** Adds the first `count` of a token's active features, from `start` on, in any order. */
  addActive(ids: ArrayLike<number>, values: ArrayLike<number>, start: number, count: number, token: number): void {
    while (this.#size + count > this.#features.length) this.#grow();
    for (let i = start; i < start + count; i++) {
      this.#features[this.#size] = ids[i];
      this.#tokens[this.#size] = token;
      this.#values[this.#size] = values[i];
      this.#size++;
    }
  }

  /** Forgets the triples from the given one on. */
  cut(size: number): void {
    this.#size = size;
  }

  /** The triples from the given one on; they are overwritten after clear(). */
  entries(from = 0): ActiveEntries {
    return {
      features: this.#features.subarray(from, this.#size),
      tokens: this.#tokens.subarray(from, this.#size),
      values: this.#values.subarray(from, this.#size),
    };
  }

  clear(): void {
    this.#size = 0;
  }

  #add(feature: number, token: number, value: number): void {
    if (value <= 0) return;
    this.#features[this.#size] = feature;
    this.#tokens[this.#size] = token;
    this.#values[this.#size] = value;
    this.#size++;
  }

  #grow(): void {
    const [features, tokens, values] = [this.#features, this.#tokens, this.#values];
    this.#features = new Int32Array(2 * features.length);
    this.#tokens = new Uint32Array(2 * tokens.length);
    this.#values = new Float32Array(2 * values.length);
    this.#features.set(features);
    this.#tokens.set(tokens);
    this.#values.set(values);
  }
}

/** Pairs of values seen as float64; none where the values do not lie on a multiple of eight bytes. */
function pairsOf({ buffer, byteOffset, length }: Float32Array): Float64Array {
  return new Float64Array(buffer, byteOffset % 8 === 0 ? byteOffset : 0, byteOffset % 8 === 0 ? length >> 1 : 0);
}
