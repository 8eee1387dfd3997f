import type { Architecture } from '../model/architecture.ts';
import type { Model, ModelConfig } from '../model/model.ts';
import type { FloatTensor } from '../numbers/tensor.ts';

/** Which biases a version of the model leaves out of a layer's z: none, b_V, or b_V + β·W_V. */
export const foldedBiases = ['none', 'value', 'value_and_norm'] as const;
export type FoldedBias = (typeof foldedBiases)[number];

/** By layer; one that is not there folds nothing. */
export type Folds = ReadonlyMap<number, FoldedBias>;

/**
 * The model whose z is z − c, c = b_V (+ β·W_V) [nHeads·dHead], in the given layers. Attention rows sum to 1, so c is
 * taken out of every value vector; it is added again before W_O, so the residual stream stays as it is.
 * Source: fold_value_biases of https://github.com/TransformerLensOrg/TransformerLens
 */
export function foldModel(architecture: Architecture, model: Model, folds: Folds): Model {
  const { config, weights } = model;
  const folded = { ...weights };
  for (const layer of folds.keys()) {
    Object.assign(folded, foldedTensors({ architecture, config, tensors: weights, layer, folds }));
  }
  return { ...model, config: foldedConfig(config, folds), weights: folded };
}

/** The config of a model so folded. */
export function foldedConfig(config: ModelConfig, folds: Folds): ModelConfig {
  const foldedLayers = [...folds].filter(([, bias]) => bias !== 'none').map(([layer]) => layer);
  return foldedLayers.length > 0 ? { ...config, foldedLayers: foldedLayers.toSorted((a, b) => a - b) } : config;
}

export interface FoldedLayer {
  readonly architecture: Architecture;
  readonly config: ModelConfig;
  /** The layer's own tensors, unfolded; others may be among them. */
  readonly tensors: Readonly<Record<string, FloatTensor>>;
  readonly layer: number;
  readonly folds: Folds;
}

/** Those of a layer's tensors that folding changes or adds. */
export function foldedTensors({ architecture, config, tensors, layer, folds }: FoldedLayer) {
  const bias = folds.get(layer) ?? 'none';
  return bias === 'none' ? {} : architecture.foldValueBias(config, tensors, layer, bias);
}
