import { expect, test } from 'vitest';
import { activationLevel, attributionLevel, barClass } from '../../../site/page-kit/levels.ts';

test('any activation above zero is shaded, none below', () => {
  expect([0, 1e-9, 1, 2, 3].map((activation) => activationLevel(activation, 2))).toEqual([0, 1, 5, 9, 9]);
});

test('a dead feature, whose maximum is zero, shades nothing', () => {
  expect(activationLevel(0, 0)).toBe(0);
  expect(attributionLevel(0, 0)).toBe(0);
});

test('attributions keep their sign, and the faint ones stay unshaded', () => {
  expect([1, -1, 0.5, -0.05, 0.03].map((value) => attributionLevel(value, 1))).toEqual([5, -5, 3, -1, 0]);
});

test('a bar shows whenever its share is not zero, and never leaves its track', () => {
  expect([0, 0.0001, 0.5, 1, 1.2].map(barClass)).toEqual(['w0', 'w1', 'w25', 'w50', 'w50']);
});
