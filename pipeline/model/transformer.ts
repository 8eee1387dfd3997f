import * as tf from '@tensorflow/tfjs-core';
import type { AttentionState } from './attention.ts';
import { Layer, normOf, type Weights, weightOf } from './layer.ts';
import type { ModelConfig } from './model.ts';
import { type Norm, normalize } from './norm.ts';
import { tensorNames } from './tensors.ts';

/** The parts that a residual stream begins with. */
export type EmbeddingKind = 'embedding' | 'position';

/** A transformer bound to weights that live on the current backend; those that nothing asks for may be missing. */
export class Transformer {
  readonly config: ModelConfig;
  readonly weights: Weights;

  constructor(config: ModelConfig, weights: Weights) {
    this.config = config;
    this.weights = weights;
  }

  layer(index: number): Layer {
    return new Layer(this.config, this.weights, index);
  }

  /** The parts of embed's sum, in the order of embeddingParts. */
  get embeddingKinds(): readonly EmbeddingKind[] {
    return embeddingKinds(this.config);
  }

  /** tokens [batch, position] → residual stream [batch, position, dModel]. */
  embed(tokens: tf.Tensor): tf.Tensor {
    const embedding = this.#tokenEmbedding(tokens);
    return this.config.positions === 'learned'
      ? tf.add(embedding, this.#positionRows(tokens.shape[1] ?? 1))
      : embedding;
  }

  /** Each part [batch, position, dModel]; they sum to embed's residual stream. */
  embeddingParts(tokens: tf.Tensor): readonly tf.Tensor[] {
    const embedding = this.#tokenEmbedding(tokens);
    if (this.config.positions !== 'learned') return [embedding];
    const positions = tf.expandDims(this.#positionRows(tokens.shape[1] ?? 1), 0);
    return [embedding, tf.broadcastTo(positions, embedding.shape)];
  }

  get finalNorm(): Norm {
    return normOf(this.config, this.weights, tensorNames.finalNorm);
  }

  /** W_U's columns as rows [vocabSize, dModel]. */
  get unembedding(): tf.Tensor {
    return weightOf(this.weights, unembeddingName(this.config));
  }

  /** Multiplies x [rows, dModel] by W_U: [rows, vocabSize], with no final normalisation. */
  toLogits(x: tf.Tensor): tf.Tensor {
    return tf.matMul(x as tf.Tensor2D, this.unembedding as tf.Tensor2D, false, true);
  }

  /** Final normalisation and unembedding: [batch, position, dModel] → [batch, position, vocabSize]. */
  unembed(residual: tf.Tensor): tf.Tensor {
    const { dModel, vocabSize } = this.config;
    const rows = tf.reshape(normalize(this.finalNorm, residual), [-1, dModel]);
    return tf.reshape(this.toLogits(rows), [...residual.shape.slice(0, -1), vocabSize]);
  }

  #tokenEmbedding(tokens: tf.Tensor): tf.Tensor {
    const rows = tf.gather(weightOf(this.weights, tensorNames.tokens), tf.reshape(tokens, [-1]) as tf.Tensor1D);
    return tf.reshape(rows, [...tokens.shape, this.config.dModel]);
  }

  #positionRows(length: number): tf.Tensor {
    return tf.slice(weightOf(this.weights, tensorNames.positions), [0, 0], [length, -1]);
  }
}

export function embeddingKinds({ positions }: ModelConfig): readonly EmbeddingKind[] {
  return positions === 'learned' ? ['embedding', 'position'] : ['embedding'];
}

/** The tensor that the unembedding reads. */
export const unembeddingName = ({ tiedEmbedding }: ModelConfig): string =>
  tiedEmbedding ? tensorNames.tokens : tensorNames.unembedding;

/** Where a forward pass stands at a layer: the stream that enters it, its attention, and z. */
interface LayerInput {
  readonly layer: number;
  /** [batch, position, dModel] */
  readonly residual: tf.Tensor;
  /** [batch, position, nHeads·dHead] */
  readonly z: tf.Tensor;
}

/** What a forward pass lets a caller read and change on its way. */
export interface PassOptions {
  /** The first layer to run, 0 unless told. */
  readonly first?: number;
  /** The last, whose W_O and MLP are run too; the model's last unless told. */
  readonly last?: number;
  /** Replaces z, and the stream beside it, before W_O sees it, or what comes of z; more rows may come back than went in. */
  readonly edit?: (input: LayerInput) => LayerEdit;
  /** Sees each layer once it is done. */
  readonly visit?: (done: LayerDone) => void;
}

interface LayerEdit extends Pick<LayerInput, 'residual' | 'z'> {
  /** In place of the attention output of z: [batch, position, dModel] */
  readonly attention?: tf.Tensor;
}

interface LayerDone extends LayerInput {
  readonly state: AttentionState;
  /** What attention and MLP added to the stream. */
  readonly attention: tf.Tensor;
  readonly mlp: tf.Tensor;
}

/** Runs a residual stream [batch, position, dModel] through layers first … last; the stream after them. */
export function runLayers(transformer: Transformer, residual: tf.Tensor, options: PassOptions = {}): tf.Tensor {
  const { first = 0, last = transformer.config.nLayers - 1, edit, visit } = options;
  let stream = residual;
  for (let index = first; index <= last; index++) {
    const layer = transformer.layer(index);
    const state = layer.attend(stream);
    const input = { layer: index, residual: stream, z: state.z };
    const { residual: entering, z, attention: given }: LayerEdit = edit ? edit(input) : input;
    const { attention, mlp, next } = layer.finish(entering, z, given);
    visit?.({ layer: index, residual: entering, z, state, attention, mlp });
    stream = next;
  }
  return stream;
}

/** Attention states of layers 0…last, the last layer's W_O and MLP left out: tokens [batch, position]. */
export function attentionStates(transformer: Transformer, tokens: tf.Tensor, last: number): AttentionState[] {
  const states: AttentionState[] = [];
  const visit = ({ state }: LayerDone) => void states.push(state);
  const residual = runLayers(transformer, transformer.embed(tokens), { last: last - 1, visit });
  return [...states, transformer.layer(last).attend(residual)];
}

/** Logits [batch, position, vocabSize] of tokens [batch, position], z edited on the way where `edit` is given. */
export function logits(
  transformer: Transformer,
  tokens: tf.Tensor,
  edit?: (z: tf.Tensor, layer: number) => tf.Tensor,
): tf.Tensor {
  return transformer.unembed(runLayers(transformer, transformer.embed(tokens), edit ? { edit: editZ(edit) } : {}));
}

/** An edit of z alone. */
const editZ =
  (edit: (z: tf.Tensor, layer: number) => tf.Tensor) =>
  ({ layer, residual, z }: LayerInput) => ({ residual, z: edit(z, layer) });

/** Cross-entropy in nats of each next token: [batch, length − 1], of logits [batch, length, vocabSize]. */
export function tokenLosses(allLogits: tf.Tensor, tokens: tf.Tensor): tf.Tensor {
  const [batch = 1, length = 1, vocabSize = 1] = allLogits.shape;
  const rows = batch * (length - 1);
  const predicting = tf.reshape(tf.slice(allLogits, [0, 0, 0], [-1, length - 1, -1]), [rows, vocabSize]);
  const next = tf.reshape(tf.slice(tokens, [0, 1], [-1, length - 1]), [rows]);
  const rowStarts = tf.mul(tf.range(0, rows, 1, 'int32'), tf.scalar(vocabSize, 'int32'));
  const target = tf.gather(tf.reshape(predicting, [-1]), tf.add(rowStarts, next) as tf.Tensor1D);
  return tf.reshape(tf.sub(tf.logSumExp(predicting, -1), target), [batch, length - 1]);
}
