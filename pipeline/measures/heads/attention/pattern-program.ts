import * as tf from '@tensorflow/tfjs-core';
import { intSpec, type Program } from '../../../engine/program.ts';
import type { Model } from '../../../model/model.ts';
import { attentionStates, Transformer } from '../../../model/transformer.ts';
import { weightsOfLayers } from '../../../model/weights.ts';
import { evenPattern } from '../maths/even-pattern.ts';

/**
 * tokens of a shape → what a function makes of each layer's pattern [batch, nHeads + 1, t, s], as NAME.LAYER. The last
 * head is none of the model's: it attends evenly, so that what it scores is chance.
 */
export function patternProgram(
  name: string,
  model: Model,
  layers: readonly number[],
  [batch, length]: readonly [batch: number, length: number],
  measure: (pattern: tf.Tensor, tokens: tf.Tensor) => Readonly<Record<string, tf.Tensor>>,
): Program {
  const last = layers.reduce((most, layer) => Math.max(most, layer), 0);
  return {
    name: `${name} to layer ${last}`,
    inputs: { tokens: intSpec(batch, length) },
    weights: weightsOfLayers(model, 0, last),
    body({ tokens }, weights) {
      if (!tokens) throw new Error(`${name} needs tokens`);
      const states = attentionStates(new Transformer(model.config, weights), tokens, last);
      const even = evenPattern(batch, length);
      const measured = layers.flatMap((layer) => {
        const pattern = states[layer]?.pattern;
        if (!pattern) throw new Error(`layer ${layer} gave no pattern`);
        return Object.entries(measure(tf.concat([pattern, even], 1), tokens)).map(
          ([key, value]): [string, tf.Tensor] => [`${key}.${layer}`, value],
        );
      });
      return Object.fromEntries(measured);
    },
  };
}
