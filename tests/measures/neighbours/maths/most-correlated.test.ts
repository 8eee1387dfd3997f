import { expect, test } from 'vitest';
import { mostCorrelated } from '../../../../pipeline/measures/neighbours/maths/most-correlated.ts';
import { correlation } from '../../../../pipeline/numbers/correlation.ts';
import { seededRandom } from '../../../../pipeline/numbers/seeded-random.ts';

const [features, tokenCount] = [12, 40];
const random = seededRandom(4);
/** Feature 0 is dead, 1 active everywhere, 2 and 3 alike but for scale, 4 active where 5 is not. */
const dense = Array.from({ length: features }, (_, feature) =>
  Array.from({ length: tokenCount }, (_, token) => {
    if (feature === 0) return 0;
    if (feature === 1) return 2;
    if (feature === 2 || feature === 3)
      return token % 7 === 0 ? Math.fround((token + 1) / 8) * (feature === 3 ? 2 : 1) : 0;
    if (feature === 4 || feature === 5) return token % 2 === feature - 4 ? 1 : 0;
    return random() < 0.3 ? Math.fround(random()) : 0;
  }),
);

function sampled(rows = dense) {
  const starts = [0];
  const tokens: number[] = [];
  for (const row of rows) {
    tokens.push(...row.flatMap((value, token) => (value > 0 ? [token] : [])));
    starts.push(tokens.length);
  }
  const values = rows.flatMap((row) => row.filter((value) => value > 0));
  return { starts, tokens: Uint32Array.from(tokens), values: Float32Array.from(values), tokenCount: rows[0].length };
}

test('features are listed by Pearson’s correlation over all tokens, as computed from the dense activations', () => {
  const nearest = mostCorrelated(sampled(), 3);
  let listed = 0;
  for (const [feature, own] of dense.entries()) {
    const exact = dense
      .map((row, other) => ({ other, value: correlation(own, row) }))
      .filter(({ other, value }) => other !== feature && value > 1e-12)
      .filter(({ other }) => own.some((value, token) => value > 0 && (dense[other]?.[token] ?? 0) > 0))
      .toSorted((a, b) => b.value - a.value)
      .slice(0, 3);
    const near = nearest.of(feature);
    expect(near.map(({ other }) => other)).toEqual(exact.map(({ other }) => other));
    near.forEach(({ value }, i) => expect(value).toBeCloseTo(exact[i]?.value ?? Number.NaN, 6));
    listed += near.length;
  }
  expect(listed).toBeGreaterThan(15);
});

test('a feature with a multiple of another’s activations has correlation 1; dead and constant ones have none', () => {
  const nearest = mostCorrelated(sampled(), 3);
  expect(nearest.of(2)[0]).toEqual({ other: 3, value: 1 });
  expect(nearest.of(0)).toEqual([]);
  expect(nearest.of(1)).toEqual([]);
});

const manyTokens = 5000;
const row = (value: (token: number) => number) => Array.from({ length: manyTokens }, (_, t) => Math.fround(value(t)));
const others = Array.from({ length: 6 }, () => row(() => (random() < 0.1 ? random() : 0)));

test('a feature that is always as active has no neighbours, whatever its activation, and is none', () => {
  for (const constant of [0.137643, 0.3, 0.6138701, 0.7, 1e-20, 1e15]) {
    const nearest = mostCorrelated(sampled([row(() => constant), ...others]), 3);
    expect(nearest.of(0)).toEqual([]);
    for (const i of others.keys()) expect(nearest.of(i + 1).map(({ other }) => other)).not.toContain(0);
  }
});

test('nor has one that float32 alone moves, by a unit in the last place', () => {
  const moved = row((token) => (token % 3 === 0 ? 1 : 1 + 2 ** -23));
  expect(mostCorrelated(sampled([moved, row((token) => token % 3), ...others]), 3).of(0)).toEqual([]);
});

test('one that is always active and varies by a millionth has its neighbours, as exactly as any other', () => {
  const [first] = others;
  const little = row((token) => 0.7 * (1 + 2 ** -20 * Math.ceil(4 * first[token])));
  const near = mostCorrelated(sampled([little, ...others]), 1).of(0)[0];
  expect(near.other).toBe(1);
  const spread = little.map((value) => value - little[0]);
  expect(near.value).toBeCloseTo(correlation(spread, first), 6);
  expect(near.value).toBeGreaterThan(0.9);
});
