import { expect, test } from 'vitest';
import { rowsFor } from '../../../../pipeline/measures/studies/ioi/scene.ts';

test('a tail runs as many changes at once as a layer’s heads fill best', () => {
  expect([1, 2, 8, 9, 12, 14, 16, 25, 32].map(rowsFor)).toEqual([8, 8, 8, 9, 12, 8, 8, 9, 8]);
});
