import { expect, test } from 'vitest';
import { fixed } from '../../../site/page-kit/fixed.ts';

test('a number that rounds to zero has no sign', () => {
  expect([-0.004, -0, 0.004, -0.006, -1, -10.04].map((value) => fixed(value, 2))).toEqual([
    ...['0.00', '0.00', '0.00', '−0.01', '−1.00', '−10.04'],
  ]);
});
