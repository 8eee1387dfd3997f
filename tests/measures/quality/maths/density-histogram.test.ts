import { expect, it } from 'vitest';
import { densityHistogram } from '../../../../pipeline/measures/quality/maths/density-histogram.ts';
import { seededRandom } from '../../../../pipeline/numbers/seeded-random.ts';

it('counts features by log10 of their density, each in the bin whose lower bound it reaches, dead ones in none', () => {
  const { edges, counts } = densityHistogram([0, 1, 10, 9, 1000, 999, 100], 1000);
  expect([...edges]).toEqual([-3, -2.75, -2.5, -2.25, -2, -1.75, -1.5, -1.25, -1, -0.75, -0.5, -0.25, 0]);
  expect([...counts]).toEqual([1, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 2]);
});

it('agrees with a count of each bin on its own, whatever the number of tokens', () => {
  const random = seededRandom(11);
  for (const tokens of [127, 16_256, 1_049_909]) {
    const active = Array.from({ length: 500 }, () => Math.floor(tokens ** random()));
    const { edges, counts } = densityHistogram(active, tokens);
    const last = counts.length - 1;
    const wanted = Array.from(counts, (_, bin) => {
      const isIn = (n: number) => n >= tokens * 10 ** edges[bin] && (bin === last || n < tokens * 10 ** edges[bin + 1]);
      return active.filter(isIn).length;
    });
    expect([...counts]).toEqual(wanted);
    expect(wanted.reduce((sum, n) => sum + n, 0)).toBe(500);
    expect(edges[0]).toBeLessThanOrEqual(-Math.log10(tokens));
  }
});
