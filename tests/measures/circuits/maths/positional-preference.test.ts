import { expect, it } from 'vitest';
import { positionalPreference } from '../../../../pipeline/measures/circuits/maths/positional-preference.ts';

const length = 12;
const scores = (of: (t: number, s: number) => number) =>
  Array.from({ length: length * length }, (_, i) => of(Math.floor(i / length), i % length));

it('tells heads of the token before, of the token itself and of the first apart', () => {
  const previous = positionalPreference(
    scores((t, s) => (s === t - 1 ? 50 : 0)),
    length,
  );
  expect(previous.previous).toBeCloseTo(1, 8);
  expect(previous.current).toBeLessThan(1e-8);
  expect(
    positionalPreference(
      scores((t, s) => (s === t ? 50 : 0)),
      length,
    ).current,
  ).toBeCloseTo(1, 8);
  expect(
    positionalPreference(
      scores((_, s) => (s === 0 ? 50 : 0)),
      length,
    ).first,
  ).toBeCloseTo(1, 8);
});

it('gives recency its sign, whatever the scale, and no heed to sources after the destination', () => {
  expect(
    positionalPreference(
      scores((t, s) => s - t),
      length,
    ).recency,
  ).toBeCloseTo(1, 8);
  expect(
    positionalPreference(
      scores((t, s) => (s > t ? 99 : 0.01 * (t - s))),
      length,
    ).recency,
  ).toBeCloseTo(-1, 8);
});

it('of even scores is an even share and no recency', () => {
  const even = positionalPreference(
    scores(() => 3),
    length,
  );
  const shares = Array.from({ length: length - 1 }, (_, i) => 1 / (i + 2));
  expect(even.current).toBeCloseTo(shares.reduce((sum, share) => sum + share, 0) / shares.length, 10);
  expect(even.recency).toBe(0);
});
