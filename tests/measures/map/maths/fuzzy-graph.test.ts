import { describe, expect, it } from 'vitest';
import { fuzzyGraph } from '../../../../pipeline/measures/map/maths/fuzzy-graph.ts';
import { KeptNearest } from '../../../../pipeline/measures/neighbours/maths/kept-nearest.ts';

/** Weights by 'head-tail', of points whose nearest others are at these distances. */
function weightsOf(distances: readonly Readonly<Record<number, number>>[], k: number): Map<string, number> {
  const nearest = new KeptNearest(distances.length, k);
  for (const [point, own] of distances.entries())
    for (const [other, distance] of Object.entries(own)) nearest.add(point, Number(other), 1 - distance);
  const { heads, tails, weights } = fuzzyGraph(nearest);
  const found = [...weights].map((weight, edge) => [`${heads[edge]}-${tails[edge]}`, weight] as const);
  expect(new Set(found.map(([name]) => name)).size).toBe(found.length);
  return new Map(found);
}

describe('fuzzyGraph', () => {
  it('gives the nearest 1, and all of a point’s log2 of their number, itself counted', () => {
    const weights = weightsOf([{ 1: 0.1, 2: 0.15, 3: 0.4 }, {}, {}, {}], 3);
    const own = [1, 2, 3].map((other) => weights.get(`0-${other}`) ?? Number.NaN);
    expect(own[0]).toBe(1);
    expect(own[0] + own[1] + own[2]).toBeCloseTo(2, 4);
    // exp(−(d − ρ)/σ): the logarithms are as the distances beyond the nearest
    expect(Math.log(own[2]) / Math.log(own[1])).toBeCloseTo(0.3 / 0.05, 3);
  });

  it('has each edge both ways, of weight a + b − a·b', () => {
    const weights = weightsOf([{ 1: 0.1, 2: 0.4 }, {}, { 0: 0.4, 1: 0.2 }], 2);
    const second = Math.log2(3) - 1; // what a point of two neighbours counts the farther
    expect(weights.get('0-2')).toBeCloseTo(1 - (1 - second) ** 2, 4);
    expect(weights.get('2-0')).toBe(weights.get('0-2'));
    expect(weights.get('1-0')).toBe(1);
    expect([...weights.keys()].sort()).toEqual(['0-1', '0-2', '1-0', '1-2', '2-0', '2-1']);
  });

  it('takes neighbours at no distance as nearest of all', () => {
    const weights = weightsOf([{ 1: 0, 2: 0 }, {}, {}], 2);
    expect([...weights.values()]).toEqual([1, 1, 1, 1]);
  });
});
