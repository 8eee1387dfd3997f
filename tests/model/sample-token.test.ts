import { expect, test } from 'vitest';
import { sampleToken } from '../../pipeline/model/sample-token.ts';
import { seededRandom } from '../../pipeline/numbers/seeded-random.ts';

/** Probabilities 1/2, 1/4, 1/8, 1/8. */
const logits = Float32Array.from([4, 2, 1, 1], Math.log);

test.each([
  [0, 0],
  [0.49, 0],
  [0.51, 1],
  [0.74, 1],
  [0.76, 2],
  [0.9999, 3],
])('a draw of %f takes token %i', (draw, token) => {
  expect(sampleToken(logits, 1, draw)).toBe(token);
});

test('at temperature 0 the most probable token is taken, ties to the lower id', () => {
  expect(sampleToken(logits, 0, 0.99)).toBe(0);
  expect(sampleToken(Float32Array.of(1, 3, 3), 0, 0.99)).toBe(1);
});

test('a low temperature sharpens, a high one flattens', () => {
  const random = seededRandom(3);
  const draws = Array.from({ length: 4000 }, random);
  const share = (temperature: number) =>
    draws.filter((draw) => sampleToken(logits, temperature, draw) === 0).length / draws.length;
  // 4^2/(4^2 + 2^2 + 1 + 1) and 2/(2 + √2 + 1 + 1)
  expect(share(0.5)).toBeCloseTo(16 / 22, 1);
  expect(share(1)).toBeCloseTo(1 / 2, 1);
  expect(share(2)).toBeCloseTo(2 / (4 + Math.SQRT2), 1);
});

test('a row that is no token is never taken', () => {
  for (const draw of [0, 0.3, 0.9999]) expect(sampleToken(logits, 1, draw, (id) => id > 1)).toBeGreaterThan(1);
  expect(sampleToken(logits, 0, 0, (id) => id > 0)).toBe(1);
});
