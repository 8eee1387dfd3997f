import type { Shape } from '../numbers/tensor.ts';
import type { ModelConfig } from './model.ts';

/** The parts of a layer, each a group of tensors. */
const layerParts = ['attention', 'mlp'] as const;
export type LayerPart = (typeof layerParts)[number];

/** Names of the tensors that belong to no layer. */
export const tensorNames = {
  tokens: 'embedding.tokens',
  positions: 'embedding.positions',
  finalNorm: 'final.norm',
  unembedding: 'unembedding',
  unembeddingBias: 'unembedding.bias',
} as const;

/** What a layer's tensors begin with. */
export const layerPrefix = (layer: number, part: LayerPart): string => `layers.${layer}.${part}.`;

/** Every tensor of a transformer by its own name, whatever the checkpoint calls it, maps as [dIn, dOut]. */
export function tensorShapes(config: ModelConfig): Record<string, Shape> {
  const layers = Array.from({ length: config.nLayers }, (_, layer) => layerShapes(config, layer));
  return joined([embeddingShapes(config), ...layers, finalShapes(config)]);
}

/** Those that belong to no layer: embeddings, final normalisation, unembedding. */
export const sharedShapes = (config: ModelConfig): Record<string, Shape> => ({
  ...embeddingShapes(config),
  ...finalShapes(config),
});

function embeddingShapes({ vocabSize, nContext, dModel, positions }: ModelConfig): Record<string, Shape> {
  return {
    [tensorNames.tokens]: [vocabSize, dModel],
    ...(positions === 'learned' ? { [tensorNames.positions]: [nContext, dModel] } : {}),
  };
}

function finalShapes(config: ModelConfig): Record<string, Shape> {
  const { vocabSize, dModel, tiedEmbedding, finalNorm, normGain, biases } = config;
  return {
    ...normShapes({ norm: finalNorm, normGain }, tensorNames.finalNorm, dModel),
    ...(tiedEmbedding ? {} : { [tensorNames.unembedding]: [vocabSize, dModel] }),
    ...(biases.unembedding ? { [tensorNames.unembeddingBias]: [vocabSize] } : {}),
  };
}

/** Those of one layer, or of one of its parts. */
export function layerShapes(
  config: ModelConfig,
  layer: number,
  parts: readonly LayerPart[] = layerParts,
): Record<string, Shape> {
  const shapes = { attention: attentionShapes(config, layer), mlp: mlpShapes(config, layer) };
  return joined(parts.map((part) => shapes[part]));
}

const joined = (groups: readonly Record<string, Shape>[]): Record<string, Shape> =>
  Object.fromEntries(groups.flatMap((group) => Object.entries(group)));

function attentionShapes(config: ModelConfig, layer: number): Record<string, Shape> {
  const { nHeads, nKvHeads, dHead, dModel, biases, queryKeyNorm, postNorms, foldedLayers = [] } = config;
  const prefix = layerPrefix(layer, 'attention');
  const isFolded = foldedLayers.includes(layer);
  return {
    ...normShapes(config, `${prefix}norm`, dModel),
    ...mapShapes(`${prefix}query`, [dModel, nHeads * dHead], biases.queryKeyValue),
    ...mapShapes(`${prefix}key`, [dModel, nKvHeads * dHead], biases.queryKeyValue),
    ...mapShapes(`${prefix}value`, [dModel, nKvHeads * dHead], biases.queryKeyValue || isFolded),
    ...(isFolded ? { [`${prefix}folded_bias`]: [nHeads * dHead] } : {}),
    ...(queryKeyNorm ? normShapes(config, `${prefix}query_norm`, dHead) : {}),
    ...(queryKeyNorm ? normShapes(config, `${prefix}key_norm`, dHead) : {}),
    ...mapShapes(`${prefix}output`, [nHeads * dHead, dModel], biases.output),
    ...(postNorms ? normShapes(config, `${prefix}post_norm`, dModel) : {}),
  };
}

function mlpShapes(config: ModelConfig, layer: number): Record<string, Shape> {
  const { dModel, dMlp, gated, biases, mlpInnerNorm, postNorms } = config;
  if (dMlp === 0) return {};
  const prefix = layerPrefix(layer, 'mlp');
  return {
    ...normShapes(config, `${prefix}norm`, dModel),
    ...mapShapes(`${prefix}in`, [dModel, dMlp], biases.mlp),
    ...(gated ? mapShapes(`${prefix}gate`, [dModel, dMlp], biases.mlp) : {}),
    ...(mlpInnerNorm ? normShapes(config, `${prefix}inner_norm`, dMlp) : {}),
    ...mapShapes(`${prefix}out`, [dMlp, dModel], biases.mlp),
    ...(postNorms ? normShapes(config, `${prefix}post_norm`, dModel) : {}),
  };
}

function mapShapes(name: string, [dIn, dOut]: readonly [number, number], hasBias: boolean): Record<string, Shape> {
  return { [`${name}.weight`]: [dIn, dOut], ...(hasBias ? { [`${name}.bias`]: [dOut] } : {}) };
}

function normShapes(
  { norm, normGain }: Pick<ModelConfig, 'norm' | 'normGain'>,
  name: string,
  width: number,
): Record<string, Shape> {
  if (!normGain) return {};
  return { [`${name}.gain`]: [width], ...(norm === 'layer' ? { [`${name}.bias`]: [width] } : {}) };
}
