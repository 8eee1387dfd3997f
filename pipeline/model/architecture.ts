import type * as tf from '@tensorflow/tfjs-core';
import type { FloatTensor, Shape } from '../numbers/tensor.ts';
import type { FoldedBias } from '../sae/folded-bias.ts';
import type { ModelConfig } from './model.ts';

/** Weights on a tfjs backend, by the names of Architecture.tensors. */
export type Weights = Readonly<Record<string, tf.Tensor>>;

/** One layer's queries, keys and values, each [batch, head, position, dHead]; queries are scaled by 1/√dHead. */
export interface QueryKeyValue {
  readonly query: tf.Tensor;
  readonly key: tf.Tensor;
  readonly value: tf.Tensor;
}

/** x·weight + bias: weight [dIn, dOut], bias [dOut]. */
export interface LinearMap {
  readonly weight: tf.Tensor;
  readonly bias: tf.Tensor;
}

/** What attention reads by, each [dModel] → [nHeads·dHead], head-major; the query's carries the 1/√dHead. */
export interface AttentionMaps {
  readonly query: LinearMap;
  readonly key: LinearMap;
  readonly value: LinearMap;
}

/** A normalisation whose scale is known: (x − mean(x))/σ·gain + bias, the mean only where it is centred. */
export interface FrozenNorm {
  readonly gain: tf.Tensor;
  readonly bias: tf.Tensor;
  readonly centred: boolean;
}

/** The parts that a residual stream begins with. */
export type EmbeddingKind = 'embedding' | 'position';

/**
 * A transformer family: how to read its checkpoint, and the parts of its forward pass.
 * A new family is one file that exports one of these; transformer.ts strings the parts together.
 */
export interface Architecture {
  /** As config.json's model_type. */
  readonly modelType: string;
  /** Prefixes that a checkpoint may put before every tensor name. */
  readonly prefixes: readonly string[];
  /** Reads config.json. Throws UserError naming the field and the file. */
  parseConfig(json: unknown, file: string): ModelConfig;
  /** Every tensor that the forward pass needs, with its shape. */
  tensors(config: ModelConfig): Record<string, Shape>;
  /** The names of those that belong to one layer alone. */
  layerTensors(config: ModelConfig, layer: number): readonly string[];

  /** tokens [batch, position] → residual stream [batch, position, dModel]. */
  embed(config: ModelConfig, weights: Weights, tokens: tf.Tensor): tf.Tensor;
  /** The attention layer's own normalisation of the residual stream. */
  normalizeForAttention(config: ModelConfig, weights: Weights, layer: number, residual: tf.Tensor): tf.Tensor;
  queryKeyValue(config: ModelConfig, weights: Weights, layer: number, normalized: tf.Tensor): QueryKeyValue;
  /** z [batch, position, nHeads·dHead] → [batch, position, dModel], the folded bias of the layer added to z. */
  attentionOutput(config: ModelConfig, weights: Weights, layer: number, z: tf.Tensor): tf.Tensor;
  /** The MLP's output, its normalisation included. */
  mlp(config: ModelConfig, weights: Weights, layer: number, residual: tf.Tensor): tf.Tensor;
  /** Final normalisation and unembedding: [batch, position, vocabSize]. */
  unembed(config: ModelConfig, weights: Weights, residual: tf.Tensor): tf.Tensor;

  /** W_O [nHeads·dHead, dModel], head-major. */
  outputWeight(config: ModelConfig, weights: Weights, layer: number): tf.Tensor;
  /** Multiplies x [rows, dModel] by W_U: [rows, vocabSize], with no final normalisation. */
  toLogits(config: ModelConfig, weights: Weights, x: tf.Tensor): tf.Tensor;
  /** W_U's columns as rows [vocabSize, dModel]. */
  unembedding(config: ModelConfig, weights: Weights): tf.Tensor;
  /** The final normalisation with its scale taken as given, and that scale: σ of residual [..., dModel] → [..., 1]. */
  finalNorm(config: ModelConfig, weights: Weights): FrozenNorm;
  finalScale(config: ModelConfig, weights: Weights, residual: tf.Tensor): tf.Tensor;
  /** The names of the tensors that outputWeight and toLogits read. */
  logitEffectTensors(config: ModelConfig, layer: number): readonly string[];

  /** The parts of embed's sum, in the order of embeddingParts. */
  readonly embeddingKinds: readonly EmbeddingKind[];
  /** Each part [batch, position, dModel]; they sum to embed's residual stream. */
  embeddingParts(config: ModelConfig, weights: Weights, tokens: tf.Tensor): readonly tf.Tensor[];
  /** normalizeForAttention with its scale taken as given. */
  attentionNorm(config: ModelConfig, weights: Weights, layer: number): FrozenNorm;
  /** That scale: σ of residual [..., dModel] → [..., 1]. */
  attentionScale(config: ModelConfig, weights: Weights, layer: number, residual: tf.Tensor): tf.Tensor;
  attentionMaps(config: ModelConfig, weights: Weights, layer: number): AttentionMaps;
  /** b_O [dModel], what attentionOutput adds to z·W_O. */
  outputBias(config: ModelConfig, weights: Weights, layer: number): tf.Tensor;
  /** c [nHeads·dHead] of a folded layer, what attentionOutput adds to z; of others nothing. */
  foldedBias(config: ModelConfig, weights: Weights, layer: number): tf.Tensor | undefined;
  /**
   * The tensors of a layer that change, or come, when c = b_V (`value`) or b_V + β·W_V (`value_and_norm`) is taken out of
   * its values; the config then lists the layer among foldedLayers. tensors: the layer's own.
   */
  foldValueBias(
    config: ModelConfig,
    tensors: Readonly<Record<string, FloatTensor>>,
    layer: number,
    bias: Exclude<FoldedBias, 'none'>,
  ): Record<string, FloatTensor>;
  /** The names of the tensors that attentionNorm, attentionMaps, outputWeight, outputBias and foldedBias read. */
  attentionTensors(config: ModelConfig, layer: number): readonly string[];
}
