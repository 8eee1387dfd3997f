import { expect, it } from 'vitest';
import { positionalScore } from '../../pipeline/core/positional.ts';

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
