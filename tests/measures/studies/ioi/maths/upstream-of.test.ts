import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { readBias } from '../../../../../pipeline/attribution/recursion/components.ts';
import { recursiveAttribution } from '../../../../../pipeline/attribution/recursive-attribution.ts';
import { upstreamOf } from '../../../../../pipeline/measures/studies/ioi/maths/upstream-of.ts';
import { freeze } from '../../../../attribution/recursion/freeze.ts';
import { tinySaes, tinyTokens, tinyTransformer } from '../../../../attribution/recursion/tiny-prompt.ts';

const tolerance = 1e-4;
const position = 6;
const targets = [0, 7, 29];

test.each([
  ['every lower layer', [0, 1, 2, 3], undefined, 'z'],
  ['every lower layer, of attention outputs', [0, 1, 2, 3], undefined, 'attn_out'],
  ['one of them', [1, 3], undefined, 'z'],
  ['every lower layer that scale their input', [0, 1, 2, 3], 'layer_norm', 'z'],
  ['every lower layer, of attention outputs that they scale', [0, 1, 2, 3], 'layer_norm', 'attn_out'],
] as const)(
  'parts are those of recursive attribution, summed over sources, with SAEs on %s',
  async (_, layers, how, site) => {
    const transformer = await tinyTransformer();
    const saes = tinySaes(layers, { kind: 'relu' }, how, site);
    const prompt = await freeze(transformer, saes, tinyTokens);
    const wEnc = saes.get(3)?.tensors.wEnc;
    if (!wEnc) throw new Error('unreachable: the layer is there');
    const read = upstreamOf(transformer, saes, tf.tensor2d([tinyTokens], [1, tinyTokens.length], 'int32'), {
      layer: 3,
      site,
      normalization: how,
      encoderRows: tf.gather(tf.transpose(wEnc), tf.tensor1d(targets, 'int32')),
      position: tf.tensor1d([position], 'int32'),
    });
    const explained = await recursiveAttribution(
      prompt,
      3,
      targets.map((feature) => ({ feature, position })),
    );
    expect(explained).toHaveLength(targets.length);
    expect(prompt.denseBelow(3).length).toBeGreaterThanOrEqual(10);
    explained.forEach(({ terms }, target) => {
      const sumOf = (kind: string, layer: number | null, feature: number | null) =>
        terms
          .filter(
            ({ component }) => component.kind === kind && component.layer === layer && component.feature === feature,
          )
          .reduce((sum, term) => sum + term.attribution, 0);
      const close = (found: number | undefined, expected: number) =>
        expect(Math.abs((found ?? Number.NaN) - expected)).toBeLessThan(tolerance);
      const components = [...prompt.denseBelow(3), ...readBias(transformer.config, 3)];
      expect(components.at(-1)?.kind).toBe('value_bias');
      components.forEach(({ kind, layer, feature }, i) => {
        close(read.components.dataSync()[i * targets.length + target], sumOf(kind, layer, feature));
      });
      for (const [layer, parts] of read.features) {
        const values = parts.dataSync();
        for (let feature = 0; feature < 30; feature++) {
          close(values[feature * targets.length + target], sumOf('feature', layer, feature));
        }
      }
    });
    expect([...read.features.keys()]).toEqual(layers.filter((layer) => layer < 3));
    prompt.dispose();
  },
);
