import { expect, test } from 'vitest';
import { placeExamples } from '../../../site/build/place-examples.ts';

test('what pages name as examples is of the run', () => {
  const run = { dSae: new Map([['0', 4]]), layerOf: Number, nHeads: 2 };
  expect(placeExamples(run)).toEqual({ feature: '0/3', head: '0.1', sae: '0' });
});

test('a run with room has a feature, a head and an SAE from its middle', () => {
  const dSae = new Map(['3-16k', '5-16k', '7-16k'].map((sae) => [sae, 16_384]));
  const run = { dSae, layerOf: (sae: string) => Number.parseInt(sae, 10), nHeads: 12 };
  expect(placeExamples(run)).toEqual({ feature: '5-16k/123', head: '5.7', sae: '5-16k' });
});
