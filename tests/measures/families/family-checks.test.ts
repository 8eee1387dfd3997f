import { expect, test } from 'vitest';
import { drawTokens } from '../../../pipeline/measures/families/checks/draw-tokens.ts';

const activations = {
  tokens: Uint32Array.from({ length: 100 }, (_, i) => 7 * i),
  values: new Float32Array(100).fill(1).map((value, i) => value + i),
};
const all = () => true;
const tokensOf = (drawn: readonly { token: number }[]) => drawn.map(({ token }) => token);

test('tokens are drawn from the whole of the sample, the same for a seed, each at most once', () => {
  const drawn = drawTokens(3, activations, all, { most: 20, seed: 1 });
  expect(new Set(tokensOf(drawn)).size).toBe(20);
  expect(drawTokens(3, activations, all, { most: 20, seed: 1 })).toEqual(drawn);
  expect(tokensOf(drawTokens(3, activations, all, { most: 20, seed: 2 }))).not.toEqual(tokensOf(drawn));
  expect(Math.min(...tokensOf(drawn))).toBeLessThan(200);
  expect(Math.max(...tokensOf(drawn))).toBeGreaterThan(500);
  for (const { token, value } of drawn) expect(value).toBe(1 + token / 7);
});

test('what is outside the sample is not drawn, and few are few', () => {
  const few = drawTokens(3, activations, (token) => token < 21, { most: 20, seed: 1 });
  expect(tokensOf(few).toSorted((a, b) => a - b)).toEqual([0, 7, 14]);
  expect(drawTokens(3, activations, () => false, { most: 20, seed: 1 })).toEqual([]);
});

test('every token is drawn about as often as any other', () => {
  const counts = new Map<number, number>();
  for (let seed = 0; seed < 400; seed++) {
    for (const token of tokensOf(drawTokens(0, activations, all, { most: 20, seed })))
      counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  expect(counts.size).toBe(100);
  for (const count of counts.values()) expect(Math.abs(count - 80)).toBeLessThan(45);
});
