import { describe, expect, test } from 'vitest';
import type { ScoreAttribution } from '../../../../pipeline/attribution/recursion/score-attribution.ts';
import { seededRandom } from '../../../../pipeline/numbers/seeded-random.ts';
import { scoreMatrix } from '../../../../site/explorer/target/score-matrix.ts';

function score(queries: number, keys: number): ScoreAttribution {
  const random = seededRandom(queries * 100 + keys);
  const components = (count: number) =>
    Array.from({ length: count }, (_, feature) => ({ kind: 'feature', layer: 0, feature }) as const);
  return {
    query: [...components(queries - 1), { kind: 'query_bias', layer: 1, feature: null }],
    key: [...components(keys - 1), { kind: 'key_bias', layer: 1, feature: null }],
    pairs: Float32Array.from({ length: queries * keys }, () => random() - 0.5),
    slope: 1,
  };
}

const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);

describe.each([
  [2, 2],
  [9, 30],
  [40, 5],
])('with %i query and %i key components', (queries, keys) => {
  const attribution = score(queries, keys);
  test.each([0, 1, 4, 8, 100])(
    '%i shown of each side and the others sum to the score, by pair, row and column',
    (most) => {
      const { values, query, key, total } = scoreMatrix(attribution, most);
      const whole = sum(attribution.pairs);
      expect(sum(values.map(sum))).toBeCloseTo(whole, 5);
      expect(total).toBeCloseTo(whole, 5);
      expect(sum(query.sums)).toBeCloseTo(whole, 5);
      expect(sum(key.sums)).toBeCloseTo(whole, 5);
      expect(query.shown.length + query.otherCount).toBe(queries);
      expect(key.shown.length + key.otherCount).toBe(keys);
      expect(values).toHaveLength(query.shown.length + Number(query.otherCount > 0));
      for (const row of values) expect(row).toHaveLength(key.shown.length + Number(key.otherCount > 0));
    },
  );
});

test('the shown are those whose pairs weigh most, whatever their sign', () => {
  const feature = (index: number) => ({ kind: 'feature', layer: 0, feature: index }) as const;
  const pairs = Float32Array.of(0.1, 0.1, -9, 8, 2, 2);
  const { query, values } = scoreMatrix(
    { query: [0, 1, 2].map(feature), key: [3, 4].map(feature), pairs, slope: 1 },
    1,
  );
  expect(query.shown).toEqual([feature(1)]);
  expect(query.otherCount).toBe(2);
  expect(values).toEqual([
    [-9, 8].toSorted((a, b) => Math.abs(b) - Math.abs(a)),
    [expect.closeTo(2.1, 5), expect.closeTo(2.1, 5)],
  ]);
});
