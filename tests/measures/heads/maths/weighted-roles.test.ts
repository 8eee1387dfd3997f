import { expect, test } from 'vitest';
import type { Family } from '../../../../pipeline/measures/families/maths/family-names.ts';
import { weightedRoles } from '../../../../pipeline/measures/heads/maths/weighted-roles.ts';

const one = (role: Family | null, share: number, profile: number[] = [1, 0]) => ({ role, share, profile });

/** The definition, pair by pair. */
function byPairs(features: ReturnType<typeof one>[]): number {
  const norm = (v: number[]) => Math.hypot(...v);
  const cosine = (a: number[], b: number[]) =>
    norm(a) * norm(b) > 0 ? a.reduce((sum, x, k) => sum + x * (b[k] ?? 0), 0) / (norm(a) * norm(b)) : 0;
  const pairs = features.flatMap((a) =>
    features.map((b) => {
      const similarity =
        a === b ? 1 : 0.6 * Number(a.role !== null && a.role === b.role) + 0.4 * cosine(a.profile, b.profile);
      return a.share * b.share * similarity ** 2;
    }),
  );
  return 1 / pairs.reduce((sum, pair) => sum + pair, 0);
}

test('features of one family that read the same have one role, however many they are', () => {
  expect(weightedRoles([one('induction', 0.5), one('induction', 0.3), one('induction', 0.2)])).toBeCloseTo(1, 12);
  expect(weightedRoles([])).toBe(0);
});

test('two families that read nothing in common have 1/(p² + q²) roles by their shares p and q', () => {
  const of = (p: number) => weightedRoles([one('induction', p), one('current token', 1 - p, [0, 1])]);
  expect(of(0.5)).toBeCloseTo(2, 12);
  expect(of(0.8)).toBeCloseTo(1 / 0.68, 12);
});

test('shares count, not numbers: a hundred features without attribution add nothing to one that has it all', () => {
  const idle = Array.from({ length: 100 }, () => one('BOS', 0, [0, 1]));
  expect(weightedRoles([one('induction', 1), ...idle])).toBeCloseTo(1, 12);
});

test('sums over roles come to the same as the pairs of the definition', () => {
  const features = [
    one('induction', 0.3, [0.2, 0.8, 0]),
    one('induction', 0.1, [0.5, 0.5, 0.1]),
    one('copying', 0.25, [0, 1, 0.3]),
    one(null, 0.2, [1, 0, 0]),
    one('positional', 0.05, [0, 0, 0]),
    one(null, 0.1, [0, 0, 0]),
  ];
  expect(weightedRoles(features)).toBeCloseTo(byPairs(features), 12);
});
