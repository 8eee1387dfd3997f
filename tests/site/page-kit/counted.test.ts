import { expect, test } from 'vitest';
import { counted } from '../../../site/page-kit/counted.ts';

test('one thing is not many', () => {
  expect([0, 1, 2, 8192].map((number) => counted(number, 'token'))).toEqual([
    ...['0 tokens', '1 token', '2 tokens', '8,192 tokens'],
  ]);
});
