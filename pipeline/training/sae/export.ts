import { float16Bits, float16Value } from '../../files/float-formats.ts';
import { type FloatTensor, float32 } from '../../numbers/tensor.ts';
import type { Place, Sae, SaeActivation } from '../../sae/sae.ts';
import type { SaeKind } from './kind-names.ts';
import type { Normalizer } from './normalizer.ts';
import { widthOf } from './shape.ts';
import type { SaeState } from './state.ts';

export type StoredType = 'float32' | 'float16';

export interface FoldOptions extends Place {
  readonly kind: SaeKind;
  /** Of a TopK SAE. */
  readonly k: number;
  readonly normalizer: Normalizer;
  readonly dtype: StoredType;
}

/**
 * The SAE of plain x from one trained on s·(x − μ), as it is stored. With pre' its pre-activations and x̂' its
 * reconstruction there, pre = pre'/s and x̂ = x̂'/s + μ: wEnc and wDec stay, bDec = bDec'/s + μ,
 * bEnc = (bEnc' + bDec'·wEnc)/s, θ = θ'/s. Decoder rows keep unit norm.
 */
export function foldedSae(state: SaeState, { layer, site, kind, k, normalizer, dtype }: FoldOptions): Sae {
  const { parameters, options } = state;
  const { dIn, dSae } = options;
  const width = widthOf(options);
  const { mean, scale } = normalizer;
  const rows = (values: Float32Array) =>
    Float32Array.from({ length: dSae * dIn }, (_, i) => values[Math.floor(i / dIn) * width + (i % dIn)]);
  const encoderRows = rows(parameters.wEnc.p);
  const bDec = parameters.bDec.p;
  const bEnc = Float32Array.from({ length: dSae }, (_, feature) => {
    let sum = parameters.bEnc.p[feature];
    for (let d = 0; d < dIn; d++) sum += bDec[d] * encoderRows[feature * dIn + d];
    return sum / scale;
  });
  const theta = Float32Array.from(parameters.theta.p.subarray(0, dSae), (value) => value / scale);
  const stored = (values: Float32Array, ...shape: number[]) => storedTensor(values, shape, dtype);
  return {
    id: String(layer),
    layer,
    site,
    dIn,
    dSae,
    activation: activationOf(kind, k, stored(theta, dSae)),
    subtractDecoderBias: true,
    wEnc: stored(transposed(encoderRows, dSae, dIn), dIn, dSae),
    bEnc: stored(bEnc, dSae),
    wDec: stored(rows(parameters.wDec.p), dSae, dIn),
    bDec: stored(
      mean.map((value, d) => value + bDec[d] / scale),
      dIn,
    ),
    source: 'training',
  };
}

/** BatchTopK is used as JumpReLU: a token's features then do not depend on its batch. */
function activationOf(kind: SaeKind, k: number, threshold: FloatTensor): SaeActivation {
  if (kind === 'relu') return { kind: 'relu' };
  if (kind === 'topk') return { kind: 'topk', k };
  return { kind: 'jumprelu', threshold };
}

/**
 * The same SAE with a pre-activation's threshold higher by `shift`: JumpReLU's theta. ReLU gets one where it is above 0,
 * since a lower bias would lessen every activation, and the reconstruction with them; below 0 its bias rises. TopK has none.
 */
export function shifted(sae: Sae, shift: number, dtype: StoredType): Sae {
  const moved = ({ data, shape }: FloatTensor, by: number) =>
    storedTensor(
      data.map((value) => value + by),
      shape,
      dtype,
    );
  const { activation } = sae;
  if (activation.kind === 'topk') return sae;
  if (activation.kind === 'relu' && shift <= 0) return { ...sae, bEnc: moved(sae.bEnc, -shift) };
  const threshold = activation.kind === 'relu' ? float32([sae.dSae]) : activation.threshold;
  return { ...sae, activation: { kind: 'jumprelu', threshold: moved(threshold, shift) } };
}

/** Values as they are read back from a file of this type. */
function storedTensor(values: Float32Array, shape: readonly number[], dtype: StoredType): FloatTensor {
  return float32(shape, dtype === 'float16' ? values.map((value) => float16Value(float16Bits(value))) : values);
}

function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from({ length: rows * columns }, (_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)]);
}
