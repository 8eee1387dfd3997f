import { type FloatTensor, float32 } from '../../numbers/tensor.ts';
import { centreColumns } from '../centre-columns.ts';
import type { SaeActivation } from '../sae.ts';
import type { SaeWeights } from './sae-source.ts';

/** wᵀ of a matrix. */
export function transposed({ shape: [rows = 1, columns = 1], data }: FloatTensor): FloatTensor {
  const turned = float32([columns, rows]);
  for (let i = 0; i < data.length; i++) turned.data[(i % columns) * rows + Math.floor(i / columns)] = data[i];
  return turned;
}

/** ‖w[i]‖₂ of each row, in float64. */
export function rowNorms({ shape: [rows = 1, columns = 1], data }: FloatTensor): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) =>
    Math.sqrt(data.subarray(i * columns, (i + 1) * columns).reduce((sum, value) => sum + value * value, 0)),
  );
}

type Factors = Float32Array | Float64Array;

/** Row i times factors[i], in place. */
export function scaleRows({ data }: FloatTensor, factors: Factors): void {
  const columns = data.length / factors.length;
  for (let i = 0; i < data.length; i++) data[i] *= factors[Math.floor(i / columns)];
}

/** Column i times factors[i], in place. */
function scaleColumns({ data }: FloatTensor, factors: Factors): void {
  for (let i = 0; i < data.length; i++) data[i] *= factors[i % factors.length];
}

/** All values times a factor, in place. */
export function scaleAll({ data }: FloatTensor, factor: number): void {
  for (let i = 0; i < data.length; i++) data[i] *= factor;
}

/**
 * Folds f·‖wDec‖ into the weights: wEnc[:, i] and bEnc[i] times ‖wDec[i]‖₂, wDec[i] divided by it.
 * wEnc [dIn, dSae], bEnc [dSae], wDec [dSae, dIn], all changed in place; a zero row stays as it is.
 */
export function foldDecoderNorms(wEnc: FloatTensor, bEnc: FloatTensor, wDec: FloatTensor): void {
  const norms = rowNorms(wDec);
  scaleColumns(wEnc, norms);
  scaleColumns(bEnc, norms);
  scaleRows(
    wDec,
    norms.map((norm) => (norm > 0 ? 1 / norm : 1)),
  );
}

/** JumpReLU with a threshold for each feature. ReLU comes first in every library, so one below 0 does what 0 does. */
export function jumpRelu(thresholds: Iterable<number>): SaeActivation {
  const data = Float32Array.from(thresholds, (value) => Math.max(value, 0));
  return { kind: 'jumprelu', threshold: float32([data.length], data) };
}

/** A gated SAE's own parameters, each [dSae]. */
export interface Gate {
  readonly rMag: FloatTensor;
  readonly bMag: FloatTensor;
  readonly bGate: FloatTensor;
}

/**
 * A gated SAE as the JumpReLU SAE that it is: f = [x·w + bGate > 0]·ReLU(x·w·exp(rMag) + bMag), so w·exp(rMag) and bMag
 * encode, and the gate is a threshold of bMag − exp(rMag)·bGate. wEnc [dIn, dSae] is changed in place.
 * Source: Rajamanoharan et al. 2024, arXiv:2404.16014, on weight sharing.
 */
export function foldGate(wEnc: FloatTensor, { rMag, bMag, bGate }: Gate): Pick<SaeWeights, 'activation' | 'bEnc'> {
  const gains = Float64Array.from(rMag.data, Math.exp);
  scaleColumns(wEnc, gains);
  const thresholds = Array.from(bMag.data, (value, i) => value - gains[i] * bGate.data[i]);
  return { activation: jumpRelu(thresholds), bEnc: bMag };
}

/** bEnc − bDec·wEnc, in float64 sums and in place: what is left to add where bDec is no longer subtracted. */
export function foldDecoderBias(wEnc: FloatTensor, bEnc: FloatTensor, bDec: FloatTensor): void {
  const dSae = bEnc.data.length;
  const sums = Float64Array.from(bEnc.data);
  for (let i = 0; i < wEnc.data.length; i++) {
    const column = i % dSae;
    sums[column] -= bDec.data[Math.floor(i / dSae)] * wEnc.data[i];
  }
  bEnc.data.set(sums);
}

/** Weights that encode a layer-normed x, so that they do of x without its mean: bDec is folded, columns are centred. */
export function centred(weights: SaeWeights): SaeWeights {
  const { wEnc, bEnc, bDec, subtractDecoderBias } = weights;
  if (subtractDecoderBias) foldDecoderBias(wEnc, bEnc, bDec);
  centreColumns(wEnc);
  return { ...weights, normalization: 'layer_norm', subtractDecoderBias: false };
}
