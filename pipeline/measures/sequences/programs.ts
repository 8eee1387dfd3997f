import * as tf from '@tensorflow/tfjs-core';
import { floatSpec, intSpec, program } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { attentionStates, Transformer } from '../../model/transformer.ts';
import { weightsOfLayers } from '../../model/weights.ts';

/** tokens and a destination of each context and head of a layer → its attention from there to every source. */
export function attentionFromProgram(model: Model, layer: number, batch: number, length: number) {
  const { config } = model;
  const rows = batch * config.nHeads;
  return program({
    name: `attention of layer ${layer} from some tokens`,
    inputs: { tokens: intSpec(batch, length), destinations: intSpec(rows) },
    outputs: { attention: floatSpec(rows, length) },
    weights: weightsOfLayers(model, 0, layer),
    body({ tokens, destinations }, weights) {
      const { pattern } = attentionStates(new Transformer(config, weights), tokens, layer)[layer];
      const starts = tf.mul(tf.range(0, rows, 1, 'int32'), tf.scalar(length, 'int32'));
      const all = tf.reshape(pattern, [rows * length, length]);
      return { attention: tf.gather(all, tf.add(starts, destinations) as tf.Tensor1D) };
    },
  });
}
