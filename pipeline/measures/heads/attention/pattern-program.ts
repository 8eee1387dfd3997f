import * as tf from '@tensorflow/tfjs-core';
import { intSpec, type OnBackend, program, type Specs } from '../../../engine/program.ts';
import type { Model } from '../../../model/model.ts';
import { attentionStates, Transformer } from '../../../model/transformer.ts';
import { weightsOfLayers } from '../../../model/weights.ts';
import { evenPattern } from '../maths/even-pattern.ts';

/**
 * → what a function makes of each layer's pattern [batch, nHeads + 1, t, s]. The last head is none of the model's: it
 * attends evenly to what the layer's window reaches, so that what it scores is chance.
 */
export function patternProgram<M extends Specs>(
  name: string,
  model: Model,
  layers: readonly number[],
  [batch, length]: readonly [batch: number, length: number],
  measured: { readonly specs: M; measure(pattern: tf.Tensor, tokens: tf.Tensor): OnBackend<M> },
) {
  const last = layers.reduce((most, layer) => Math.max(most, layer), 0);
  const specs: Readonly<Record<string, M>> = Object.fromEntries(layers.map((layer) => [layer, measured.specs]));
  return program({
    name: `${name} to layer ${last}`,
    inputs: { tokens: intSpec(batch, length) },
    outputs: { layers: specs },
    weights: weightsOfLayers(model, 0, last),
    body({ tokens }, weights) {
      const transformer = new Transformer(model.config, weights);
      const states = attentionStates(transformer, tokens, last);
      const measure = (layer: number) => {
        const even = evenPattern(batch, length, transformer.layer(layer).window);
        return measured.measure(tf.concat([states[layer].pattern, even], 1), tokens);
      };
      return { layers: Object.fromEntries(layers.map((layer) => [layer, measure(layer)])) };
    },
  });
}
