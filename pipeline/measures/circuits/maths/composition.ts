import * as tf from '@tensorflow/tfjs-core';
import type { FactorName } from './head-factors.ts';

export const compositionKinds = ['K', 'Q', 'V'] as const;
export type CompositionKind = (typeof compositionKinds)[number];

/** Which of a head's factors meets what an earlier head wrote, and which factor is behind it. */
export const compositionFactors: Readonly<Record<CompositionKind, { reads: FactorName; partner: FactorName }>> = {
  K: { reads: 'key', partner: 'query' },
  Q: { reads: 'query', partner: 'key' },
  V: { reads: 'value', partner: 'output' },
};

/** Factors and Grams of one layer's heads that write and another's that read. */
export interface Composing {
  /** W_O [head, dHead, dModel] */
  readonly output: tf.Tensor;
  /** Gram of the writers' values [head, dHead, dHead] */
  readonly valueGram: tf.Tensor;
  /** The readers' factor that reads [head, dHead, dModel] */
  readonly reads: tf.Tensor;
  /** Gram of its partner [head, dHead, dHead] */
  readonly partnerGram: tf.Tensor;
}

/**
 * ‖W_OV^writer·readsᵀ·partner‖_F of every pair of heads, [writer, reader], without a [dModel, dModel] matrix: with
 * M = output·readsᵀ it is √tr(valueGram·M·partnerGram·Mᵀ).
 */
export function compositionNorms({ output, valueGram, reads, partnerGram }: Composing): tf.Tensor {
  const [writers = 1, dWriter = 1, dModel = 1] = output.shape;
  const [readers = 1, dReader = 1] = reads.shape;
  const met = tf.matMul(tf.reshape(output, [-1, dModel]), tf.reshape(reads, [-1, dModel]), false, true);
  const pairs = tf.transpose(tf.reshape(met, [writers, dWriter, readers, dReader]), [0, 2, 1, 3]);
  // Tiled by hand: tfjs's CPU backend repeats a batch of [writer, 1] as if it were [1, writer].
  const left = tf.matMul(tf.tile(tf.expandDims(valueGram, 1), [1, readers, 1, 1]), pairs);
  const right = tf.matMul(pairs, tf.tile(tf.expandDims(partnerGram, 0), [writers, 1, 1, 1]));
  return tf.sqrt(tf.relu(tf.sum(tf.mul(left, right), [2, 3])));
}

/**
 * The score that two circuits of given norms have at random: ‖A·U·B‖_F/(‖A‖_F·‖B‖_F) is 1/√dModel in root mean square
 * over rotations U of the residual stream, whatever A and B are.
 */
export function randomComposition(dModel: number): number {
  return 1 / Math.sqrt(dModel);
}

/**
 * Composition score ‖A·B‖_F/(‖A‖_F·‖B‖_F) less what is random; nothing where a circuit is zero.
 * Source: Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits", composition of heads.
 */
export function compositionScore(norm: number, writer: number, reader: number, dModel: number): number | undefined {
  const scale = writer * reader;
  return scale > 0 ? norm / scale - randomComposition(dModel) : undefined;
}
