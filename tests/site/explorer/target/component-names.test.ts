import { expect, test } from 'vitest';
import { componentName, shortName } from '../../../../site/explorer/target/component-names.ts';

test('a feature has its address, what a layer wrote has the layer, and embeddings have none', () => {
  expect(componentName({ kind: 'feature', layer: 0, feature: 739 })).toBe('Feature 0/739');
  expect(shortName({ kind: 'feature', layer: 0, feature: 739 })).toBe('0/739');
  expect(componentName({ kind: 'mlp', layer: 11, feature: null })).toBe('MLP 11');
  expect(componentName({ kind: 'embedding', layer: null, feature: null })).toBe('Token embedding');
  expect(componentName({ kind: 'constant', layer: 2, feature: 5 })).toBe('Encoder constant');
  expect(componentName({ kind: 'query_bias', layer: 1, feature: null })).toBe('Query bias 1');
});
