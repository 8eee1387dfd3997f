import * as tf from '@tensorflow/tfjs-core';

/** What becomes of an activation: `mean` is its mean over the corpus, `scale` multiplies it, `add` adds to a feature's. */
export type Change =
  | { readonly action: 'zero' }
  | { readonly action: 'mean' }
  | { readonly action: 'scale'; readonly factor: number }
  | { readonly action: 'add'; readonly amount: number };

/** x' = factor·x + offset. */
export interface Affine {
  readonly factor: number;
  readonly offset: number;
}

/** A change as x' = factor·x + offset, given the mean. */
export function affineOf(change: Change, mean: number): Affine {
  if (change.action === 'scale') return { factor: change.factor, offset: 0 };
  if (change.action === 'add') return { factor: 1, offset: change.amount };
  return { factor: 0, offset: change.action === 'mean' ? mean : 0 };
}

/** Changes of some features of one layer, by position: f' = factor·f + offset, both [position, feature]. */
export interface FeatureChanges {
  readonly features: Int32Array;
  readonly factor: Float32Array;
  readonly offset: Float32Array;
}

/** What an SAE reads, x [position, dIn], its f [position, dSae], and what x̂ is scaled back by [position, 1], if it is. */
export interface Encoded {
  readonly x: tf.Tensor;
  readonly f: tf.Tensor;
  readonly back?: tf.Tensor | undefined;
}

/**
 * x with features changed and the SAE's error kept: x' = x + Σ_j (f'_j − f_j)·wDec[j], scaled back where x was scaled.
 * x [position, dIn], f [position, dSae], decoderRows wDec[j] [feature, dIn] of the changed features → [position, dIn].
 * A feature whose factor is 1 and offset 0 changes nothing, to the bit.
 */
export function changeFeatures(
  { x, f, back }: Encoded,
  { features, factor, offset }: FeatureChanges,
  decoderRows: tf.Tensor,
): tf.Tensor {
  const shape: [number, number] = [factor.length / features.length, features.length];
  const own = tf.gather(f, tf.tensor1d(features, 'int32'), 1);
  const gain = tf.tensor2d(
    factor.map((value) => value - 1),
    shape,
  );
  const shift = tf.add(tf.mul(own, gain), tf.tensor2d(offset, shape));
  const written = back ? tf.mul(shift, back) : shift;
  return tf.add(x, tf.matMul(written as tf.Tensor2D, decoderRows as tf.Tensor2D));
}

/** Changes of some heads of one layer: factor [position, head]; offset [position, dIn], 0 where no mean is put in. */
export interface HeadChanges {
  readonly factor: Float32Array;
  readonly offset: Float32Array;
}

/** z with heads' slices changed: z'^h = factor·z^h + offset^h. z [position, dIn], dIn = nHeads·dHead head-major. */
export function changeHeads(z: tf.Tensor, { factor, offset }: HeadChanges, nHeads: number): tf.Tensor {
  const [length = 1, dIn = 1] = z.shape;
  const byHead = tf.reshape(z, [length, nHeads, dIn / nHeads]);
  const scaled = tf.mul(byHead, tf.tensor3d(factor, [length, nHeads, 1]));
  return tf.add(tf.reshape(scaled, [length, dIn]), tf.tensor2d(offset, [length, dIn]));
}
