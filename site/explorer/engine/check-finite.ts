import * as tf from '@tensorflow/tfjs-core';
import { UserError } from '../../../pipeline/errors/user-error.ts';

/**
 * Throws UserError where a row of the last residual stream [1, row, dModel] has a squared length that float32 cannot hold. A
 * norm divides such a row to zeros, so that its logits may look sound. `first` is the position of the first row.
 */
export async function checkFinite(residual: tf.Tensor, first: number): Promise<void> {
  const squares = tf.tidy(() => tf.sum(tf.square(residual), -1));
  const row = [...(await squares.data())].findIndex((square) => !Number.isFinite(square));
  squares.dispose();
  if (row < 0) return;
  throw new UserError(
    `the pass overflowed: its figures at position ${first + row} are not finite, make the changes smaller`,
  );
}
