import * as tf from '@tensorflow/tfjs-core';
import { type AttentionState, capped, contextMask } from './attention.ts';
import { gainAndBias, Layer, type Weights, weightOf } from './layer.ts';
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

  /** tokens [batch, position], the first of them at position `first` → residual stream [batch, position, dModel]. */
  embed(tokens: tf.Tensor, first = 0): tf.Tensor {
    const embedding = this.#tokenEmbedding(tokens);
    return this.config.positions === 'learned'
      ? tf.add(embedding, this.#positionRows(tokens.shape[1] ?? 1, first))
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
    const { finalNorm, epsilon, normGain } = this.config;
    const own = gainAndBias(this.weights, tensorNames.finalNorm, normGain);
    return { ...own, centred: finalNorm === 'layer', epsilon };
  }

  /** W_U's columns as rows [vocabSize, dModel]. */
  get unembedding(): tf.Tensor {
    return weightOf(this.weights, unembeddingName(this.config));
  }

  /** b_U [vocabSize], where there is one. */
  get unembeddingBias(): tf.Tensor | undefined {
    return this.weights[tensorNames.unembeddingBias];
  }

  /** Multiplies x [rows, dModel] by W_U: [rows, vocabSize], with no final normalisation, bias or cap. */
  toLogits(x: tf.Tensor): tf.Tensor {
    return tf.matMul(x as tf.Tensor2D, this.unembedding as tf.Tensor2D, false, true);
  }

  /** Final normalisation, unembedding and its cap: [batch, position, dModel] → [batch, position, vocabSize]. */
  unembed(residual: tf.Tensor): tf.Tensor {
    return capped(this.config.logitSoftcap, this.uncappedLogits(residual));
  }

  /** The logits before their cap, which are the logits where a model has none: shapes as unembed's. */
  uncappedLogits(residual: tf.Tensor): tf.Tensor {
    const { dModel, vocabSize } = this.config;
    const rows = this.toLogits(tf.reshape(normalize(this.finalNorm, residual), [-1, dModel]));
    const logits = this.unembeddingBias ? tf.add(rows, this.unembeddingBias) : rows;
    return tf.reshape(logits, [...residual.shape.slice(0, -1), vocabSize]);
  }

  /** The logits of some tokens alone [token], int32, after the cap: residual [row, dModel] → [row, token]. */
  logitsOf(residual: tf.Tensor, tokens: tf.Tensor): tf.Tensor {
    const read = tf.gather(this.unembedding, tokens as tf.Tensor1D) as tf.Tensor2D;
    const rows = tf.matMul(normalize(this.finalNorm, residual) as tf.Tensor2D, read, false, true);
    const { unembeddingBias: bias } = this;
    return capped(this.config.logitSoftcap, bias ? tf.add(rows, tf.gather(bias, tokens as tf.Tensor1D)) : rows);
  }

  #tokenEmbedding(tokens: tf.Tensor): tf.Tensor {
    const { dModel, embeddingScale } = this.config;
    const rows = tf.gather(weightOf(this.weights, tensorNames.tokens), tf.reshape(tokens, [-1]) as tf.Tensor1D);
    const embedding = tf.reshape(rows, [...tokens.shape, dModel]);
    return embeddingScale === 1 ? embedding : tf.mul(embedding, embeddingScale);
  }

  #positionRows(length: number, first = 0): tf.Tensor {
    return tf.slice(weightOf(this.weights, tensorNames.positions), [first, 0], [length, -1]);
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

/** The masks of one forward pass: layers of one window share theirs, which is as large as a pattern. */
class ContextMasks {
  readonly #masks = new Map<string, tf.Tensor>();

  of({ window }: Layer, length: number): tf.Tensor {
    const own = window !== null && window < length ? window : null;
    const key = `${length}, ${own}`;
    const mask = this.#masks.get(key) ?? contextMask(length, own);
    this.#masks.set(key, mask);
    return mask;
  }
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
  /** Context masks to share with what runs beside this pass. */
  readonly masks?: ContextMasks;
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
  const { first = 0, last = transformer.config.nLayers - 1, edit, visit, masks = new ContextMasks() } = options;
  let stream = residual;
  for (let index = first; index <= last; index++) {
    const layer = transformer.layer(index);
    const state = layer.attend(stream, masks.of(layer, stream.shape[1] ?? 1));
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
  const masks = new ContextMasks();
  const residual = runLayers(transformer, transformer.embed(tokens), { last: last - 1, visit, masks });
  const layer = transformer.layer(last);
  return [...states, layer.attend(residual, masks.of(layer, residual.shape[1] ?? 1))];
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
  const [, length = 1] = allLogits.shape;
  const predicting = tf.slice(allLogits, [0, 0, 0], [-1, length - 1, -1]);
  return tf.sub(tf.logSumExp(predicting, -1), ofNextToken(predicting, tokens));
}

/** What values [batch, length − 1, vocabSize] say of the token that comes next: [batch, length − 1]. */
function ofNextToken(values: tf.Tensor, tokens: tf.Tensor): tf.Tensor {
  const [batch = 1, predicting = 1] = values.shape;
  return ofTokens(values, tf.slice(tokens, [0, 1], [batch, predicting]));
}

/** What values [batch, position, vocabSize] say of a token each: tokens and result [batch, position]. */
export function ofTokens(values: tf.Tensor, tokens: tf.Tensor): tf.Tensor {
  const [batch = 1, positions = 1, vocabSize = 1] = values.shape;
  const rows = batch * positions;
  const rowStarts = tf.mul(tf.range(0, rows, 1, 'int32'), tf.scalar(vocabSize, 'int32'));
  const places = tf.add(rowStarts, tf.reshape(tokens, [rows])) as tf.Tensor1D;
  return tf.reshape(tf.gather(tf.reshape(values, [-1]), places), [batch, positions]);
}
