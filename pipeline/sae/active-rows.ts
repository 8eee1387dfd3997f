import * as tf from '@tensorflow/tfjs-core';

/** How many active features of a token are read: of most tokens, and of the one in sixteen that have most. */
export interface ActiveWidths {
  readonly narrow: number;
  readonly wide: number;
  /** Tokens that have a wide row. */
  readonly wideRows: number;
}

/** Share of tokens, one in so many, that a wide row is read of, and how much wider it is. */
const [oneIn, wider] = [16, 8];

export const activeWidths = (narrow: number, rows: number, dSae: number): ActiveWidths => ({
  narrow: Math.min(narrow, dSae),
  wide: Math.min(wider * narrow, dSae),
  wideRows: Math.ceil(rows / oneIn),
});

/** The highest activations of each token, and what tells whether they are all of them. */
export interface ActiveRows<T> {
  /** ‖f‖₀ [token] */
  readonly counts: T;
  /** Σ f [token], which is finite only where all of f is. */
  readonly sums: T;
  /** [token, narrow], highest first */
  readonly values: T;
  readonly ids: T;
  /** The tokens of most active features [wideRows]. */
  readonly widest: T;
  /** Theirs [wideRows, wide]. */
  readonly wideValues: T;
  readonly wideIds: T;
}

/** Compacts f [token, dSae]: 12·narrow + 8 bytes a token, about, in place of 4·dSae. */
export function activeRows(f: tf.Tensor, { narrow, wide, wideRows }: ActiveWidths): ActiveRows<tf.Tensor> {
  const counts = tf.sum(tf.cast(tf.greater(f, 0), 'float32'), 1);
  const top = tf.topk(f, narrow);
  const widest = tf.topk(counts, wideRows).indices;
  const wideTop = tf.topk(tf.gather(f, widest as tf.Tensor1D), wide);
  return {
    counts,
    sums: tf.sum(f, 1),
    values: top.values,
    ids: top.indices,
    widest,
    wideValues: wideTop.values,
    wideIds: wideTop.indices,
  };
}
