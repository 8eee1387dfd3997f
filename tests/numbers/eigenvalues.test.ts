import { describe, expect, it } from 'vitest';
import { type Complex, eigenvalues, modulus } from '../../pipeline/numbers/eigenvalues.ts';
import { randomNormal, seededRandom } from '../../pipeline/numbers/seeded-random.ts';

const ordered = (values: readonly Complex[]) => values.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
const randomMatrix = (n: number, seed: number) => {
  const random = seededRandom(seed);
  return Float64Array.from({ length: n * n }, () => randomNormal(random));
};

function product(a: Float64Array, b: Float64Array, n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, i) => {
    const [row, column] = [Math.floor(i / n), i % n];
    let sum = 0;
    for (let k = 0; k < n; k++) sum += (a[row * n + k] ?? 0) * (b[k * n + column] ?? 0);
    return sum;
  });
}

describe('eigenvalues', () => {
  it('are those of small matrices known by hand, complex ones too', () => {
    expect(eigenvalues([3], 1)).toEqual([[3, 0]]);
    const rotation = ordered(eigenvalues([0, -1, 1, 0], 2));
    expect(rotation[0]?.[1]).toBeCloseTo(-1, 12);
    expect(rotation[1]?.[1]).toBeCloseTo(1, 12);
    // The companion matrix of (x − 1)(x − 2)(x − 3).
    const companion = ordered(eigenvalues([6, -11, 6, 1, 0, 0, 0, 1, 0], 3));
    companion.forEach(([re, im], i) => {
      expect(re).toBeCloseTo(i + 1, 10);
      expect(im).toBeCloseTo(0, 10);
    });
  });

  it('of a permutation that turns n things round are the n-th roots of one', () => {
    const cycle = Array.from({ length: 36 }, (_, i) => (i % 6 === (Math.floor(i / 6) + 1) % 6 ? 1 : 0));
    const found = eigenvalues(cycle, 6);
    for (const value of found) expect(modulus(value)).toBeCloseTo(1, 10);
    const angles = found.map(([re, im]) => Math.round(((Math.atan2(im, re) / Math.PI) * 3 + 6) % 6));
    expect(angles.toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it.each([2, 5, 16, 64])('of a random matrix of %i rows sum to its trace, and their squares to its square’s', (n) => {
    const matrix = randomMatrix(n, n);
    const trace = (of: Float64Array) => Array.from({ length: n }, (_, i) => of[i * n + i] ?? 0).reduce((a, b) => a + b);
    const found = eigenvalues(matrix, n);
    expect(found).toHaveLength(n);
    expect(found.reduce((sum, [re]) => sum + re, 0)).toBeCloseTo(trace(matrix), 8);
    expect(found.reduce((sum, [, im]) => sum + im, 0)).toBeCloseTo(0, 8);
    const squares = found.reduce((sum, [re, im]) => sum + re * re - im * im, 0);
    expect(squares).toBeCloseTo(trace(product(matrix, matrix, n)), 6);
  });

  it('of nothing, of twice the same and of a matrix of rank one settle', () => {
    expect(eigenvalues(new Float64Array(16), 4).map(modulus)).toEqual([0, 0, 0, 0]);
    expect(eigenvalues([2, 1, 0, 2], 2).map(([re]) => re)).toEqual([2, 2]);
    const ones = ordered(eigenvalues(new Float64Array(25).fill(1), 5)).map(([re]) => re);
    expect(ones.at(-1)).toBeCloseTo(5, 10);
    for (const value of ones.slice(0, 4)) expect(value).toBeCloseTo(0, 10);
  });
});
