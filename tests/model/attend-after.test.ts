import * as tf from '@tensorflow/tfjs-core';
import { it } from 'vitest';
import { attendAfter } from '../../pipeline/model/attend-after.ts';
import type { LayerMemory } from '../../pipeline/model/tail.ts';
import { runLayers, type Transformer } from '../../pipeline/model/transformer.ts';
import { familyTransformer } from '../attribution/family-prompt.ts';
import { expectClose, expectedOf, familyCases } from './family-cases.ts';

/** The residual streams after the last layer, of rows run in parts of these sizes. */
function inParts(transformer: Transformer, tokens: readonly number[], sizes: readonly number[]): tf.Tensor {
  const memory: (LayerMemory | undefined)[] = [];
  let first = 0;
  const parts = sizes.map((size) => {
    const own = tokens.slice(first, first + size);
    let stream = transformer.embed(tf.tensor2d([own], undefined, 'int32'), first);
    for (let layer = 0; layer < transformer.config.nLayers; layer++) {
      const { z, memory: all } = attendAfter(transformer.layer(layer), stream, memory[layer]);
      memory[layer] = all;
      stream = transformer.layer(layer).finish(stream, z).next;
    }
    first += size;
    return stream;
  });
  return tf.concat(parts, 1);
}

it.each(familyCases)('rows of %s run after those before them are the whole prompt’s', async (name) => {
  const transformer = await familyTransformer(name);
  const { tokens } = await expectedOf(name);
  const whole = runLayers(transformer, transformer.embed(tf.tensor2d([[...tokens]], undefined, 'int32')));
  for (const sizes of [
    [tokens.length - 3, 1, 1, 1],
    [1, tokens.length - 3, 2],
  ])
    expectClose(inParts(transformer, tokens, sizes).dataSync(), Float32Array.from(whole.dataSync()), 'stream', 1e-4);
});
