import { expect, test } from 'vitest';
import { counted } from '../../../site/page-kit/counted.ts';

test('one thing is in the singular, none and more in the plural', () => {
  expect([0, 1, 2, 1204].map((number) => counted(number, 'edge'))).toEqual([
    '0 edges',
    '1 edge',
    '2 edges',
    '1,204 edges',
  ]);
});
