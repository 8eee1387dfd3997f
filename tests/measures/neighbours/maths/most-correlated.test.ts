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

function sampled() {
  const starts = [0];
  const tokens: number[] = [];
  for (const row of dense) {
    tokens.push(...row.flatMap((value, token) => (value > 0 ? [token] : [])));
    starts.push(tokens.length);
  }
  const values = dense.flatMap((row) => row.filter((value) => value > 0));
  return { starts, tokens: Uint32Array.from(tokens), values: Float32Array.from(values), tokenCount };
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
