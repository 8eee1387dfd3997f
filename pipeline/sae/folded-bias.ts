import type { Model, ModelConfig } from '../model/model.ts';
import { layerPrefix } from '../model/tensors.ts';
import { type FloatTensor, float32 } from '../numbers/tensor.ts';

/** Which biases a version of the model leaves out of a layer's z: none, b_V, or b_V + β·W_V. */
export const foldedBiases = ['none', 'value', 'value_and_norm'] as const;
export type FoldedBias = (typeof foldedBiases)[number];

/** By layer; one that is not there folds nothing. */
export type Folds = ReadonlyMap<number, FoldedBias>;

/** The least kind that folds the same of a model: none where it has no such bias, value where it has no LayerNorm. */
export function effectiveBias({ biases, norm, normGain }: ModelConfig, bias: FoldedBias): FoldedBias {
  if (bias === 'value_and_norm' && norm === 'layer' && normGain) return bias;
  return bias !== 'none' && biases.queryKeyValue ? 'value' : 'none';
}

/**
 * The model whose z is z − c, c = b_V (+ β·W_V) [nHeads·dHead], in the given layers. Attention rows sum to 1, so c is
 * taken out of every value vector; it is added again before W_O, so the residual stream stays as it is.
 * Source: fold_value_biases of https://github.com/TransformerLensOrg/TransformerLens
 */
export function foldModel(model: Model, folds: Folds): Model {
  const { config, weights } = model;
  const folded = { ...weights };
  for (const layer of folds.keys()) {
    Object.assign(folded, foldedTensors({ config, tensors: weights, layer, folds }));
  }
  return { ...model, config: foldedConfig(config, folds), weights: folded };
}

/** The config of a model so folded. */
export function foldedConfig(config: ModelConfig, folds: Folds): ModelConfig {
  const foldedLayers = [...folds].filter(([, bias]) => bias !== 'none').map(([layer]) => layer);
  return foldedLayers.length > 0 ? { ...config, foldedLayers: foldedLayers.toSorted((a, b) => a - b) } : config;
}

export interface FoldedLayer {
  readonly config: ModelConfig;
  /** The layer's own tensors, unfolded; others may be among them. */
  readonly tensors: Readonly<Record<string, FloatTensor>>;
  readonly layer: number;
  readonly folds: Folds;
}

/** Those of a layer's tensors that folding changes or adds: the value bias b_V − c, and c as z has it. */
export function foldedTensors({ config, tensors, layer, folds }: FoldedLayer): Record<string, FloatTensor> {
  const kind = folds.get(layer) ?? 'none';
  if (kind === 'none') return {};
  const { nHeads, nKvHeads, dHead } = config;
  const prefix = layerPrefix(layer, 'attention');
  const own = (name: string): Float32Array | undefined => tensors[prefix + name]?.data;
  const bias = own('value.bias') ?? new Float32Array(nKvHeads * dHead);
  const beta = kind === 'value_and_norm' ? own('norm.bias') : undefined;
  const c = Float32Array.from(beta ? plusThrough(bias, beta, own('value.weight')) : bias);
  const inZ = Float32Array.from({ length: nHeads * dHead }, (_, i) => {
    const group = Math.floor((Math.floor(i / dHead) * nKvHeads) / nHeads);
    return c[group * dHead + (i % dHead)];
  });
  return {
    [`${prefix}value.bias`]: float32(
      [c.length],
      bias.map((value, i) => value - c[i]),
    ),
    [`${prefix}folded_bias`]: float32([inZ.length], inZ),
  };
}

/** b + β·W, summed in float64: weight [dModel, dOut]. Throws Error where there is no weight. */
function plusThrough(b: Float32Array, beta: Float32Array, weight: Float32Array | undefined): Float64Array {
  if (!weight) throw new Error('a layer to be folded has no value weight');
  const sum = Float64Array.from(b);
  beta.forEach((value, d) => {
    for (let i = 0; i < b.length; i++) sum[i] = sum[i] + value * weight[d * b.length + i];
  });
  return sum;
}
