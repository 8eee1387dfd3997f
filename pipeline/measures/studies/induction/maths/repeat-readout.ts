import * as tf from '@tensorflow/tfjs-core';
import {
  headLogitAttribution,
  logitDirection,
  relativeUnembedding,
  type Unembedding,
} from '../../../../attribution/direct-logit-attribution.ts';
import type { AttentionState } from '../../../../model/attention.ts';
import { runLayers, type Transformer } from '../../../../model/transformer.ts';

export interface RepeatReadout {
  /** Attention from the last position to the source [batch, layer, head]. */
  readonly attention: tf.Tensor;
  /** Direct logit attribution of each head at the last position to the answer, relative to the mean logit [batch, layer, head]. */
  readonly attribution: tf.Tensor;
  /** The answer's logit there, relative to the mean logit [batch]. */
  readonly logit: tf.Tensor;
}

/**
 * What every head does at the last position. tokens [batch, length], sources one-hot [batch, length], answers [batch];
 * `mean` is the vocabulary's mean logit.
 */
export function repeatReadout(
  transformer: Transformer,
  tokens: tf.Tensor,
  sources: tf.Tensor,
  answers: tf.Tensor,
  mean: Unembedding,
): RepeatReadout {
  const { config } = transformer;
  const [batch = 1, length = 1] = tokens.shape;
  const atLast = (x: tf.Tensor) => tf.slice(x, [0, length - 1, 0], [batch, 1, -1]);
  const flat = (x: tf.Tensor) => tf.reshape(x, [batch, -1]);
  const layers: { z: tf.Tensor; attention: tf.Tensor }[] = [];
  const note = ({ pattern, z }: AttentionState) => {
    const row = tf.slice(pattern, [0, 0, length - 1, 0], [batch, config.nHeads, 1, length]);
    const weighted = tf.mul(tf.reshape(row, [batch, config.nHeads, length]), tf.expandDims(sources, 1));
    layers.push({ z: flat(atLast(z)), attention: tf.sum(weighted, -1) });
  };
  const top = config.nLayers - 1;
  const stream = runLayers(transformer, transformer.embed(tokens), {
    last: top - 1,
    visit: ({ state }) => note(state),
  });
  // What the last layer writes at other positions is read by nothing.
  const layer = transformer.layer(top);
  const state = layer.attend(stream);
  note(state);
  const residual = flat(layer.finish(atLast(stream), atLast(state.z)).next);
  const unembedding = relativeUnembedding(transformer, answers, mean);
  const { direction, bias } = logitDirection(transformer, residual, unembedding);
  const attributions = layers.map(({ z }, layer) => headLogitAttribution(transformer, layer, z, direction));
  return {
    attention: tf.stack(
      layers.map((layer) => layer.attention),
      1,
    ),
    attribution: tf.stack(attributions, 1),
    logit: tf.add(tf.sum(tf.mul(residual, direction), -1), bias),
  };
}
