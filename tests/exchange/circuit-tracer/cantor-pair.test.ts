import { expect, test } from 'vitest';
import { cantorPair, layerOfPair } from '../../../pipeline/exchange/circuit-tracer/cantor-pair.ts';

test('a pair is of one layer and feature alone, up to a million features', () => {
  const features = [0, 1, 2, 81, 24_575, 2 ** 20 - 1];
  const layers = [0, 1, 25, 127];
  const pairs = layers.flatMap((layer) => features.map((feature) => cantorPair(layer, feature)));
  expect(new Set(pairs).size).toBe(pairs.length);
  expect(pairs.map(layerOfPair)).toEqual(layers.flatMap((layer) => features.map(() => layer)));
});
