import type { Model } from '../../pipeline/model/model.ts';
import { layerPrefix } from '../../pipeline/model/tensors.ts';
import { seededRandom } from '../../pipeline/numbers/seeded-random.ts';
import { type FloatTensor, float32, type Shape, sizeOf } from '../../pipeline/numbers/tensor.ts';
import type { Sae } from '../../pipeline/sae/sae.ts';

/** Two SAEs of one layer that are algebraically equal: one of z, and one of the attention output. */
export interface EqualSaes {
  readonly z: Sae;
  readonly output: Sae;
}

/**
 * z's reads W_O·wEnc, and the output's writes wDec·W_O and bDec·W_O + b_O, wEnc and wDec being random; both subtract
 * their decoder bias, so that their pre-activations are the same, and so is what they give the residual stream.
 */
export function equalSaes(model: Model, layer: number, dSae: number): EqualSaes {
  const { nHeads, dHead, dModel } = model.config;
  const dIn = nHeads * dHead;
  const random = seededRandom(700 + layer);
  const noise = (...shape: number[]) =>
    float32(
      shape,
      Float32Array.from({ length: sizeOf(shape) }, () => random() - 0.5),
    );
  const [wEnc, bEnc] = [noise(dModel, dSae), noise(dSae)];
  const [wDec, bDec] = [noise(dSae, dIn), noise(dIn)];
  const name = `${layerPrefix(layer, 'attention')}output`;
  const weight = model.weights[`${name}.weight`];
  const bias = model.weights[`${name}.bias`]?.data ?? new Float32Array(dModel);
  if (!weight) throw new Error(`the model has no ${name}.weight`);
  const activation = { kind: 'relu' } as const;
  const shared = { layer, dSae, bEnc, activation, subtractDecoderBias: true, source: 'equal' };
  const written = product(float32([1, dIn], bDec.data), weight).data.map((value, d) => value + (bias[d] ?? 0));
  return {
    z: { ...shared, id: `${layer}`, site: 'z', dIn, wEnc: product(weight, wEnc), wDec, bDec },
    output: {
      ...{ ...shared, id: `${layer}-out`, site: 'attn_out', dIn: dModel },
      ...{ wEnc, wDec: product(wDec, weight), bDec: float32([dModel], written) },
    },
  };
}

/** a·b in float64 sums: [rows, inner]·[inner, columns]. */
export function product(a: FloatTensor, b: FloatTensor): FloatTensor {
  const [rows = 0, inner = 0] = a.shape;
  const [, columns = 0] = b.shape;
  const shape: Shape = [rows, columns];
  const out = float32(shape);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += (a.data[row * inner + k] ?? 0) * (b.data[k * columns + column] ?? 0);
      out.data[row * columns + column] = sum;
    }
  }
  return out;
}
