import { seededRandom } from '../numbers/seeded-random.ts';
import { shuffledIndices } from './shuffle.ts';

export interface BufferOptions {
  /** How many layers' activations it holds side by side. */
  readonly layers: number;
  readonly dIn: number;
  /** Tokens it holds; an even number. */
  readonly capacity: number;
  readonly seed: number;
}

/**
 * Activations of many contexts in random order, so that one batch mixes tokens that were read far apart.
 * Half of it is served; then new activations take the place of what was served, and all of it is shuffled again.
 * The order is a pure function of the seed and the number of fills. Source: Bricken et al. 2023, "Towards Monosemanticity".
 */
export class ActivationBuffer {
  readonly #options: BufferOptions;
  readonly #rows: readonly Float32Array[];
  #order: Int32Array;
  #served = 0;
  #vacant: number;
  #fills = 0;

  constructor(options: BufferOptions) {
    this.#options = options;
    this.#rows = Array.from({ length: options.layers }, () => new Float32Array(options.capacity * options.dIn));
    this.#order = this.#shuffle();
    this.#vacant = options.capacity;
  }

  /** Tokens it holds that were not served since it was filled. */
  get remaining(): number {
    return this.#options.capacity - this.#served;
  }

  /** How often it was filled up. */
  get fills(): number {
    return this.#fills;
  }

  /** Whether all was served that may be before it is filled up again. */
  get exhausted(): boolean {
    return this.#served >= this.#options.capacity / 2;
  }

  /** Takes activations [token, dIn] of each layer, as many as fit; the last that fit end the filling. */
  put(activations: readonly Float32Array[]): void {
    const { dIn } = this.#options;
    const tokens = Math.min(this.#vacant, (activations[0]?.length ?? 0) / dIn);
    this.#rows.forEach((rows, layer) => {
      const given = activations[layer] ?? new Float32Array(0);
      for (let token = 0; token < tokens; token++) {
        const slot = this.#order[this.#vacant - 1 - token] ?? 0;
        rows.set(given.subarray(token * dIn, (token + 1) * dIn), slot * dIn);
      }
    });
    this.#vacant -= tokens;
    if (this.#vacant > 0) return;
    this.#fills++;
    this.#served = 0;
    this.#order = this.#shuffle();
  }

  /** Copies one layer's next activations, `ahead` tokens on, into a batch [token, dIn]. */
  peek(layer: number, batch: Float32Array, ahead = 0): void {
    const { dIn } = this.#options;
    const rows = this.#rows[layer] ?? new Float32Array(0);
    for (let token = 0; token * dIn < batch.length; token++) {
      const slot = this.#order[this.#served + ahead + token] ?? 0;
      batch.set(rows.subarray(slot * dIn, (slot + 1) * dIn), token * dIn);
    }
  }

  /** Counts tokens as served. */
  advance(tokens: number): void {
    this.#served += tokens;
    if (this.exhausted) this.#vacant = this.#served;
  }

  /** The activations not yet served when the buffer is exhausted, by layer [token, dIn]: what a checkpoint keeps. */
  unserved(): Float32Array[] {
    const { capacity, dIn } = this.#options;
    return this.#rows.map((_, layer) => {
      const rest = new Float32Array((capacity - this.#served) * dIn);
      this.peek(layer, rest);
      return rest;
    });
  }

  /** Goes back to where `unserved` was taken, after as many fills. */
  restore(unserved: readonly Float32Array[], fills: number): void {
    const { capacity, dIn } = this.#options;
    this.#fills = fills;
    this.#order = this.#shuffle();
    this.#served = capacity - (unserved[0]?.length ?? 0) / dIn;
    this.#vacant = this.#served;
    this.#rows.forEach((rows, layer) => {
      const rest = unserved[layer] ?? new Float32Array(0);
      for (let token = 0; token * dIn < rest.length; token++) {
        const slot = this.#order[this.#served + token] ?? 0;
        rows.set(rest.subarray(token * dIn, (token + 1) * dIn), slot * dIn);
      }
    });
  }

  /** All activations it holds of one layer [token, dIn], to be changed in place. */
  rows(layer: number): Float32Array {
    return this.#rows[layer] ?? new Float32Array(0);
  }

  #shuffle(): Int32Array {
    return shuffledIndices(this.#options.capacity, seededRandom(this.#options.seed, 0xb0f, this.#fills));
  }
}
