import * as tf from '@tensorflow/tfjs-core';
import { residualWrites } from '../../sae/site.ts';
import type { Component } from './components.ts';
import type { FrozenPrompt } from './frozen-prompt.ts';

/** Components of the residual stream that enters a layer, or nLayers, at a position, the features active there last. */
export function componentsAt(prompt: FrozenPrompt, layer: number, position: number): Component[] {
  const features = featuresAt(prompt, layer, position).flatMap(({ from, rows }) =>
    rows.map(({ feature }): Component => ({ kind: 'feature', layer: from, feature })),
  );
  return [...prompt.denseBelow(layer), ...features];
}

function featuresAt({ active }: FrozenPrompt, layer: number, position: number) {
  return [...active]
    .filter(([from]) => from < layer)
    .map(([from, { features, sources, values }]) => ({
      from,
      rows: [...features].flatMap((feature, row) =>
        sources[row] === position ? [{ feature, activation: values[row] }] : [],
      ),
    }))
    .filter(({ rows }) => rows.length > 0);
}

/** The parts of that residual stream, as componentsAt lists them; they sum to it: [component, dModel]. */
export function partsAt(prompt: FrozenPrompt, layer: number, position: number): tf.Tensor {
  const count = prompt.denseBelow(layer).length;
  const dense = tf.reshape(tf.slice(prompt.components, [0, position, 0], [count, 1, -1]), [count, -1]);
  const written = featuresAt(prompt, layer, position).map(({ from, rows }) => {
    const decoder = prompt.decoderRows(
      from,
      Int32Array.from(rows, ({ feature }) => feature),
    );
    const scaled = tf.mul(decoder, tf.tensor2d(rows.map(({ activation }) => [activation])));
    return residualWrites(prompt.transformer.layer(from), prompt.site(from), scaled);
  });
  return tf.concat([dense, ...written], 0);
}
