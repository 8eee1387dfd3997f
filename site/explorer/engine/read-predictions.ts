import type * as tf from '@tensorflow/tfjs-core';
import { logSumExp, type NextToken, nextTokens } from '../../../pipeline/model/next-tokens.ts';

const predictionsKept = 10;

export interface NextTokens {
  /** The most probable tokens after each position. */
  readonly predictions: readonly (readonly NextToken[])[];
  /** Cross-entropy in nats of the token after each position but the last. */
  readonly losses: Float32Array;
}

/** Reads logits [position, vocabSize] back, and disposes them; rows that pad the vocabulary are in no prediction. */
export async function readPredictions(
  logits: tf.Tensor,
  ids: readonly number[],
  isToken: (id: number) => boolean,
): Promise<NextTokens> {
  const [length = 1, vocabSize = 1] = logits.shape;
  const data = new Float32Array(await logits.data());
  logits.dispose();
  const losses = new Float32Array(Math.max(0, length - 1));
  const predictions = Array.from({ length }, (_, position) => {
    const row = data.subarray(position * vocabSize, (position + 1) * vocabSize);
    const normalizer = logSumExp(row);
    const next = ids[position + 1];
    if (next !== undefined) losses[position] = normalizer - row[next];
    return nextTokens(row, predictionsKept, normalizer, isToken);
  });
  return { predictions, losses };
}
