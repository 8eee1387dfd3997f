import * as tf from '@tensorflow/tfjs-core';
import { type FloatTensor, float32 } from '../numbers/tensor.ts';
import { type InputNormalization, inputScale, normalized } from './input-normalization.ts';
import type { Site } from './site.ts';

export type SaeActivation =
  | { readonly kind: 'relu' }
  | { readonly kind: 'jumprelu'; readonly threshold: FloatTensor }
  | { readonly kind: 'topk'; readonly k: number };

/** A layer, and which of its activations an SAE stands at. */
export interface Place {
  readonly layer: number;
  readonly site: Site;
}

/** A sparse autoencoder of one layer's attention. Source: Kissane et al. 2024, arXiv:2406.17759, section 2. */
export interface Sae extends Place {
  /** What it is called among a run's SAEs: its layer, where that says it all. */
  readonly id: string;
  /** Width of the site: nHeads · dHead at z, dModel at the attention output. */
  readonly dIn: number;
  readonly dSae: number;
  readonly activation: SaeActivation;
  /** How each position's input is scaled before encoding, and its reconstruction back; not at all where there is none. */
  readonly normalization?: InputNormalization | undefined;
  /** Whether bDec is subtracted from x, once scaled, before encoding. */
  readonly subtractDecoderBias: boolean;
  /** Tokens that it was not trained on, by id: where one stands, it counts in no statistic of this SAE. */
  readonly excludedTokens?: ReadonlySet<number> | undefined;
  /** [dIn, dSae] */
  readonly wEnc: FloatTensor;
  /** [dSae] */
  readonly bEnc: FloatTensor;
  /** [dSae, dIn] */
  readonly wDec: FloatTensor;
  /** [dIn] */
  readonly bDec: FloatTensor;
  /** wEncᵀ [dSae, dIn], where it is at hand. */
  readonly encoderRows?: FloatTensor;
  /** The folder or file it was read from, for error texts and run.json. */
  readonly source: string;
}

/** How an SAE encodes. */
export type Encoding = Pick<Sae, 'activation' | 'normalization' | 'subtractDecoderBias'>;

/** An SAE's weights on a tfjs backend; threshold is JumpReLU's alone. */
export interface SaeTensors {
  readonly wEnc: tf.Tensor;
  readonly bEnc: tf.Tensor;
  readonly wDec: tf.Tensor;
  readonly bDec: tf.Tensor;
  readonly threshold?: tf.Tensor | undefined;
}

/**
 * What is added to x·wEnc, x being the site's activations: bEnc − bDec·wEnc where the SAE subtracts bDec, else bEnc. [dSae], in float64 sums.
 * It is DFA's constant: the part of a pre-activation that no source position explains.
 */
export function encoderConstant(sae: Sae): FloatTensor {
  const constant = Float64Array.from(sae.bEnc.data);
  if (sae.subtractDecoderBias) {
    const wEnc = sae.wEnc.data;
    for (let d = 0; d < sae.dIn; d++) {
      const bias = sae.bDec.data[d];
      const row = wEnc.subarray(d * sae.dSae, (d + 1) * sae.dSae);
      if (bias !== 0) for (let i = 0; i < sae.dSae; i++) constant[i] -= bias * row[i];
    }
  }
  return float32([sae.dSae], Float32Array.from(constant));
}

/** One feature's encoderConstant, of its column wEnc[:, i] [dIn]. */
export function columnConstant(
  { subtractDecoderBias }: Pick<Encoding, 'subtractDecoderBias'>,
  column: Float32Array,
  bEnc: number,
  bDec: Float32Array,
): number {
  if (!subtractDecoderBias) return bEnc;
  return Math.fround(column.reduce((sum, weight, d) => sum - bDec[d] * weight, bEnc));
}

/**
 * Feature pre-activations (s·x − bDec)·wEnc + bEnc; bDec is subtracted only where the checkpoint says so, and s, the
 * position's input scale, is 1 without a normalization.
 * x [token, dIn], which at z is head-major; wEnc [dIn, dSae] → [token, dSae].
 * Source: Kissane et al. 2024, arXiv:2406.17759, section 2.
 */
export function preActivations(
  { normalization, subtractDecoderBias }: Omit<Encoding, 'activation'>,
  weights: Pick<SaeTensors, 'wEnc' | 'bEnc' | 'bDec'>,
  x: tf.Tensor,
): tf.Tensor {
  const scaled = normalized(normalization, x);
  const centred = subtractDecoderBias ? tf.sub(scaled, weights.bDec) : scaled;
  return tf.add(tf.matMul(centred as tf.Tensor2D, weights.wEnc as tf.Tensor2D), weights.bEnc);
}

/** Feature activations f of x [token, dIn]: [token, dSae], by ReLU, JumpReLU (arXiv:2407.14435) or TopK (arXiv:2406.04093). */
export function encode(encoding: Encoding, weights: Omit<SaeTensors, 'wDec'>, x: tf.Tensor): tf.Tensor {
  return activate(encoding.activation, preActivations(encoding, weights, x), weights.threshold);
}

// The comparisons are put so that a NaN, of which none holds, stays one and is found.
function activate(activation: SaeActivation, pre: tf.Tensor, threshold?: tf.Tensor): tf.Tensor {
  const positive = tf.relu(pre);
  if (activation.kind === 'relu') return positive;
  if (activation.kind === 'topk') return tf.where(belowHighest(pre, activation.k), tf.zerosLike(positive), positive);
  if (!threshold) throw new Error('a JumpReLU SAE needs its threshold');
  return tf.where(tf.lessEqual(pre, threshold), tf.zerosLike(positive), positive);
}

/**
 * Whether each of pre [token, dSae] is not among its token's k highest, which are never more than k: of equal ones the
 * lower indices are taken, where torch.topk leaves it open which. ONNX and tfjs order topk so, and the last of the k then
 * ends the ties.
 */
function belowHighest(pre: tf.Tensor, k: number): tf.Tensor {
  const { values, indices } = tf.topk(pre, k);
  const [least, last] = [values, indices].map((x) => tf.slice(x, [0, k - 1], [-1, 1]));
  if (!least || !last) throw new Error('unreachable: both were sliced');
  const order = tf.range(0, pre.shape[1] ?? 0, 1, 'int32');
  const tied = tf.logicalAnd(tf.equal(pre, least), tf.greater(order, last));
  return tf.logicalOr(tf.less(pre, least), tied);
}

/** f·wDec + bDec: f [token, dSae] → [token, dIn]. It is the reconstruction x̂ where x is not scaled. */
export function decode(weights: Pick<SaeTensors, 'wDec' | 'bDec'>, f: tf.Tensor): tf.Tensor {
  return tf.add(tf.matMul(f as tf.Tensor2D, weights.wDec as tf.Tensor2D), weights.bDec);
}

/** Reconstruction x̂ of x [token, dIn] by its f [token, dSae]: f·wDec + bDec, scaled back where x was scaled. */
export function reconstruct(
  { normalization }: Pick<Encoding, 'normalization'>,
  weights: Pick<SaeTensors, 'wDec' | 'bDec'>,
  f: tf.Tensor,
  x: tf.Tensor,
): tf.Tensor {
  const scale = inputScale(normalization, x);
  const decoded = decode(weights, f);
  if (!scale) return decoded;
  const scaled = tf.mul(decoded, scale.back);
  return scale.mean ? tf.add(scaled, scale.mean) : scaled;
}

/** reconstruct's x̂ of x [token, dIn] with no feature active: bDec [dIn], or [token, dIn] where x is scaled. */
export function decoderBiasAt(normalization: Encoding['normalization'], bDec: tf.Tensor, x: tf.Tensor): tf.Tensor {
  const scale = inputScale(normalization, x);
  if (!scale) return bDec;
  const scaled = tf.mul(tf.reshape(bDec, [1, -1]), scale.back);
  return scale.mean ? tf.add(scaled, scale.mean) : scaled;
}

/** The SAE's tensors by the names a Program carries them under: sae.ID.wEnc and so on. */
export function saeWeights(sae: Sae): Record<string, FloatTensor> {
  const { id, wEnc, bEnc, wDec, bDec, activation } = sae;
  const tensors = {
    wEnc,
    bEnc,
    wDec,
    bDec,
    ...(activation.kind === 'jumprelu' ? { threshold: activation.threshold } : {}),
  };
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`sae.${id}.${name}`, tensor]));
}

/** The SAE's tensors out of a Program's weights. Throws Error when they are not there. */
export function saeTensors(sae: Sae, weights: Readonly<Record<string, tf.Tensor>>): SaeTensors {
  const pick = (name: string) => {
    const tensor = weights[`sae.${sae.id}.${name}`];
    if (!tensor) throw new Error(`weight sae.${sae.id}.${name} is not loaded`);
    return tensor;
  };
  const threshold = sae.activation.kind === 'jumprelu' ? pick('threshold') : undefined;
  return { wEnc: pick('wEnc'), bEnc: pick('bEnc'), wDec: pick('wDec'), bDec: pick('bDec'), threshold };
}
