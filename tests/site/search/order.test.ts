import { expect, test } from 'vitest';
import { orderOf } from '../../../site/search/order.ts';

test('places come in the order of their values, ties by place either way', () => {
  const values = Float32Array.of(0.5, 0, 3, 0.5, 1e-40);
  expect(Array.from(orderOf(values, false))).toEqual([1, 4, 0, 3, 2]);
  expect(Array.from(orderOf(values, true))).toEqual([2, 0, 3, 4, 1]);
});

test('values that differ in the last bit of a float32 are told apart', () => {
  const values = Float32Array.of(1 + 2 ** -23, 1, 1 + 2 ** -22);
  expect(Array.from(orderOf(values, false))).toEqual([1, 0, 2]);
});

test('nothing has no order', () => {
  expect(orderOf([], true)).toHaveLength(0);
});
