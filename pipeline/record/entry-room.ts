/** Tokens and values of some activations, side by side. */
export interface Entries {
  readonly tokens: Uint32Array;
  readonly values: Float32Array;
}

/**
 * Room for activations that is used again and again: what is taken is overwritten by the next taking. Fresh arrays
 * would pile up between garbage collections, so that memory grew with the corpus.
 */
export class EntryRoom {
  #tokens = new Uint32Array(0);
  #values = new Float32Array(0);

  take(size: number): Entries {
    if (size > this.#tokens.length) {
      const room = Math.max(size, 2 * this.#tokens.length);
      this.#tokens = new Uint32Array(room);
      this.#values = new Float32Array(room);
    }
    return { tokens: this.#tokens.subarray(0, size), values: this.#values.subarray(0, size) };
  }
}
