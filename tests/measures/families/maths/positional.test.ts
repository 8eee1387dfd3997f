import { expect, it, test } from 'vitest';
import { positionalScore } from '../../../../pipeline/measures/families/maths/positional.ts';

const length = 33;
/** One token in each of 100 contexts. */
const tokensAt = (position: (context: number) => number) =>
  Array.from({ length: 100 }, (_, context) => context * length + position(context));

it('is 1 for a feature of one place and near 0 for one of all places', () => {
  expect(
    positionalScore(
      tokensAt(() => 7),
      length,
    ),
  ).toBe(1);
  expect(
    positionalScore(
      tokensAt((context) => 1 + (context % 32)),
      length,
    ),
  ).toBeLessThan(0.02);
});

it('falls as the places spread: two stretches of 16', () => {
  expect(
    positionalScore(
      tokensAt((context) => (context % 2 ? 1 : 30)),
      length,
    ),
  ).toBeCloseTo(1 - 1 / 15, 10);
});

it('says nothing of few tokens or of few contexts', () => {
  expect(positionalScore(tokensAt(() => 7).slice(0, 63), length)).toBe(0);
  expect(positionalScore(new Array(100).fill(7), length)).toBe(0);
});

test.each([2, 3, 5, 6, 8, 12, 17, 18, 24, 33, 100, 128, 2048])(
  'is 0 for a feature that is active on every position of contexts of %i tokens',
  (context) => {
    const tokens = Array.from({ length: 64 * context }, (_, token) => token).filter((token) => token % context > 0);
    expect(positionalScore(tokens, context)).toBe(0);
  },
);

test.each([3, 5, 6, 24, 128, 2048])('is 1 for a feature of one position in contexts of %i tokens', (context) => {
  const tokens = Array.from({ length: 100 }, (_, i) => i * context + context - 1);
  expect(positionalScore(tokens, context)).toBeCloseTo(1, 12);
});

it('measures stretches of unequal size by their density', () => {
  // 23 positions in 16 stretches; even on all but one position, which is a stretch of its own or half of one.
  const without = (position: number) =>
    Array.from({ length: 100 * 24 }, (_, token) => token).filter((t) => t % 24 > 0 && t % 24 !== position);
  for (const position of [1, 2, 12, 23]) {
    const score = positionalScore(without(position), 24);
    expect(score).toBeGreaterThan(0);
    expect(score).toBeLessThan(1 / 15 + 1e-9);
  }
});

it('of a single position says nothing', () => {
  expect(
    positionalScore(
      Array.from({ length: 100 }, (_, i) => 2 * i + 1),
      2,
    ),
  ).toBe(0);
});
