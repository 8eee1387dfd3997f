import * as tf from '@tensorflow/tfjs-core';

/** A token that a head reads, or queries with, and one that it raises, or attends to, with how strongly. */
export interface TokenPair {
  readonly from: number;
  readonly to: number;
  readonly value: number;
}

/** The k tokens b of the highest left·rightᵀ for each row a: values and ids, each [rows, k]. */
export interface StrongestTokens {
  readonly values: tf.Tensor;
  readonly ids: tf.Tensor;
}

/** left [rows, dHead] and right [vocabSize, dHead] are a head's two sides of a token-to-token matrix. */
export function strongestTokens(left: tf.Tensor, right: tf.Tensor, k: number): StrongestTokens {
  const { values, indices } = tf.topk(tf.matMul(left as tf.Tensor2D, right as tf.Tensor2D, false, true), k);
  return { values, ids: indices };
}

/**
 * Takes from each row [n, d] the mean of all rows: a constant that every token's logit, or every key's score, has in
 * common cancels in the softmax.
 */
export function lessMean(rows: Float32Array, d: number): Float32Array {
  const count = rows.length / d;
  const mean = new Float64Array(d);
  for (let i = 0; i < rows.length; i++) mean[i % d] += rows[i] / count;
  return rows.map((value, i) => value - mean[i % d]);
}

/** The rows' strongest tokens as pairs, gathered block by block: the strongest of all, and how many rows hold themselves. */
export class StrongestPairs {
  readonly #keep: number;
  #pairs: TokenPair[] = [];
  #rows = 0;
  #own = 0;

  constructor(keep: number) {
    this.#keep = keep;
  }

  /** from [rows], and of each its k strongest tokens: ids and values [rows, k], highest first. */
  add(from: ArrayLike<number>, ids: ArrayLike<number>, values: ArrayLike<number>): void {
    const k = ids.length / from.length;
    const found: TokenPair[] = [];
    for (let row = 0; row < from.length; row++) {
      const token = from[row];
      for (let rank = 0; rank < k; rank++) {
        const to = ids[row * k + rank];
        if (to === token) this.#own++;
        if (rank < this.#keep) found.push({ from: token, to, value: values[row * k + rank] });
      }
    }
    this.#rows += from.length;
    this.#pairs = [...this.#pairs, ...found].sort(byStrength).slice(0, this.#keep);
  }

  /** Strongest first; ties by token ids. */
  get pairs(): readonly TokenPair[] {
    return this.#pairs;
  }

  /** Share of rows whose own token is among their k strongest. */
  get ownShare(): number {
    return this.#rows > 0 ? this.#own / this.#rows : 0;
  }
}

const byStrength = (a: TokenPair, b: TokenPair) => b.value - a.value || a.from - b.from || a.to - b.to;
