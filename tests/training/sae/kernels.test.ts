import { beforeAll, describe, expect, it } from 'vitest';
import { randomNormal, seededRandom } from '../../../pipeline/numbers/seeded-random.ts';
import { createArena } from '../../../pipeline/training/sae/arena.ts';
import type { Entries } from '../../../pipeline/training/sae/kernels.ts';

const [width, tokens, features] = [32, 3, 5];

type Floats = 'x' | 'rows' | 'out' | 'values' | 'dots' | 'm' | 'v';
let arena: Awaited<ReturnType<typeof createArena<Floats, 'rowStart' | 'features' | 'positions'>>>;
let entries: Entries;
beforeAll(async () => {
  arena = await createArena(
    { x: tokens * width, rows: features * width, out: features * width, values: 16, dots: 16, m: 160, v: 160 },
    { rowStart: tokens + 1, features: 16, positions: 64 },
  );
  const random = seededRandom(3);
  for (const name of ['x', 'rows', 'values', 'm'] as const)
    arena.floats[name].set(arena.floats[name].map(() => randomNormal(random)));
  // The second token has no entry; feature 2 is active twice.
  arena.ints.rowStart.set([0, 2, 2, 5]);
  arena.ints.features.set([4, 2, 0, 2, 3]);
  entries = {
    rowStart: arena.ints.rowStart.subarray(0, tokens + 1),
    features: arena.ints.features.subarray(0, 5),
    values: arena.floats.values.subarray(0, 5),
  };
});

/** Each entry with its token. */
const listed = () =>
  [0, 0, 2, 2, 2].map((token, entry) => {
    return { token, entry, feature: entries.features[entry] ?? 0, value: entries.values[entry] ?? 0 };
  });
const row = (rows: Float32Array, index: number) => Array.from(rows.subarray(index * width, (index + 1) * width));
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, d) => sum + value * (b[d] ?? 0), 0);

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(found.length).toBeGreaterThan(0);
  expect(found.length).toBe(expected.length);
  Array.from(found).forEach((value, i) => expect(Math.abs(value - (expected[i] ?? 0))).toBeLessThan(1e-5));
}

describe('kernels', () => {
  it('decode each token’s entries', () => {
    const { floats, kernels } = arena;
    const out = floats.out.subarray(0, tokens * width).fill(1);
    kernels.decode(out, floats.rows, entries, width);
    const expected = new Float64Array(tokens * width).fill(1);
    for (const { token, feature, value } of listed()) {
      row(floats.rows, feature).forEach(
        (weight, d) => (expected[token * width + d] = (expected[token * width + d] ?? 0) + value * weight),
      );
    }
    expectClose(out, expected);
  });

  it('multiply each entry’s token with its row', () => {
    const { floats, kernels } = arena;
    kernels.dots(floats.dots, floats.x, floats.rows, entries, width);
    const expected = listed().map(({ token, feature }) => dot(row(floats.x, token), row(floats.rows, feature)));
    expectClose(floats.dots.subarray(0, 5), expected);
  });

  it('add each entry’s token to its row', () => {
    const { floats, kernels } = arena;
    floats.out.fill(0);
    kernels.scatter(floats.out, floats.x, entries, width);
    const expected = new Float64Array(features * width);
    for (const { token, feature, value } of listed()) {
      row(floats.x, token).forEach(
        (x, d) => (expected[feature * width + d] = (expected[feature * width + d] ?? 0) + value * x),
      );
    }
    expectClose(floats.out, expected);
  });

  it('find what is above a bound, in order, and stop when full', () => {
    const { floats, ints, kernels } = arena;
    const x = floats.rows.subarray(0, 48);
    const expected = Array.from(x.keys()).filter((i) => (x[i] ?? 0) > 0.2);
    const found = kernels.compact(x, 0.2, ints.positions, floats.out, 48);
    expect(Array.from(ints.positions.subarray(0, found))).toEqual(expected);
    expect(Array.from(floats.out.subarray(0, found))).toEqual(expected.map((i) => x[i]));
    const stopped = kernels.compact(x, 0.2, ints.positions, floats.out, 1);
    expect(stopped).toBeGreaterThanOrEqual(1);
    expect(stopped).toBeLessThan(expected.length);
  });

  it('find what is above a bound and its own floor, and nothing behind the end of a row', () => {
    const { floats, ints, kernels } = arena;
    const x = floats.rows.subarray(5, 5 + 20);
    const floors = floats.v.subarray(0, 32).fill(Number.POSITIVE_INFINITY);
    for (let i = 0; i < 20; i++) floors[i] = i % 3 === 0 ? Number.POSITIVE_INFINITY : -0.3;
    for (const bound of [-1, 0.1]) {
      const expected = Array.from(x.keys()).filter((i) => i % 3 > 0 && (x[i] ?? 0) > Math.max(bound, -0.3));
      const found = kernels.compactAmong(x, bound, { floors, positions: ints.positions, values: floats.out });
      expect(expected.length).toBeGreaterThan(2);
      expect(Array.from(ints.positions.subarray(0, found))).toEqual(expected);
      expect(Array.from(floats.out.subarray(0, found))).toEqual(expected.map((i) => x[i]));
    }
  });

  it('decode more entries than are taken at once as they do few', () => {
    const { floats, ints, kernels } = arena;
    const features = Int32Array.from({ length: 11 }, (_, i) => i % 5);
    ints.features.set(features);
    const many = {
      rowStart: ints.rowStart.subarray(0, 3),
      features: ints.features.subarray(0, 11),
      values: floats.values.subarray(0, 11),
    };
    many.rowStart.set([0, 2, 11]);
    const out = floats.out.subarray(0, 2 * width).fill(0);
    kernels.decode(out, floats.rows, many, width);
    const expected = [0, 1].flatMap((token) =>
      Array.from({ length: width }, (_, d) => {
        let sum = 0;
        for (let entry = many.rowStart[token] ?? 0; entry < (many.rowStart[token + 1] ?? 0); entry++)
          sum += (many.values[entry] ?? 0) * (floats.rows[(features[entry] ?? 0) * width + d] ?? 0);
        return sum;
      }),
    );
    expectClose(out, expected);
    ints.rowStart.set([0, 2, 2, 5]);
    ints.features.set([4, 2, 0, 2, 3]);
  });

  it('scale, take rows from a bias, add rows up, and multiply each with a direction', () => {
    const { floats, kernels } = arena;
    const x = floats.x.subarray(0, tokens * width);
    const bias = floats.m.subarray(0, width);
    const out = floats.out.subarray(0, tokens * width);
    kernels.lessRows(out, bias, x);
    expect([...out]).toEqual([...x].map((value, i) => Math.fround((bias[i % width] ?? 0) - value)));
    kernels.scale(out, 0.25);
    expect([...out]).toEqual([...x].map((value, i) => 0.25 * Math.fround((bias[i % width] ?? 0) - value)));
    const sums = floats.v.subarray(0, width).fill(1);
    kernels.addRows(sums, x);
    expectClose(
      sums,
      Array.from({ length: width }, (_, d) => 1 + [0, 1, 2].reduce((sum, t) => sum + (x[t * width + d] ?? 0), 0)),
    );
    kernels.rowDots(floats.dots, bias, x);
    expectClose(
      floats.dots.subarray(0, tokens),
      [0, 1, 2].map((t) => dot(row(x, t), Array.from(bias))),
    );
  });

  it('make rows unit, take away what is along them, and find the greatest product', () => {
    const { floats, kernels } = arena;
    kernels.unitRows(floats.rows, width);
    for (let i = 0; i < features; i++) expect(dot(row(floats.rows, i), row(floats.rows, i))).toBeCloseTo(1, 5);
    const products = [0, 1, 2, 3, 4].map((i) => dot(row(floats.x, 1), row(floats.rows, i)));
    const x = floats.x.subarray(width, 2 * width);
    expect(kernels.greatestDot(x, floats.rows)).toBeCloseTo(Math.max(-1, ...products), 5);
    expect(kernels.greatestDot(x, floats.rows.subarray(0, 0))).toBe(-1);
    expect(kernels.squares(x)).toBeCloseTo(dot(row(floats.x, 1), row(floats.x, 1)), 4);
    floats.out.set(floats.rows.map((value) => value + 1));
    kernels.removeParallel(floats.out, floats.rows, width);
    for (let i = 0; i < features; i++) expect(dot(row(floats.out, i), row(floats.rows, i))).toBeCloseTo(0, 5);
  });

  it('step as Adam does, and set the gradient to 0', () => {
    const { floats, kernels } = arena;
    const state = { p: floats.rows, g: floats.out, m: floats.m, v: floats.v };
    state.v.set(state.m.map((value) => value * value));
    const before = { p: [...state.p], g: [...state.g], m: [...state.m], v: [...state.v] };
    kernels.adam(state, { clip: 0.5, rate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-3 });
    const mean = before.m.map((m, i) => 0.9 * m + 0.1 * 0.5 * (before.g[i] ?? 0));
    const square = before.v.map((v, i) => 0.99 * v + 0.01 * (0.5 * (before.g[i] ?? 0)) ** 2);
    expectClose(state.m, mean);
    expectClose(state.v, square);
    expectClose(
      state.p,
      before.p.map((p, i) => p - (0.01 * (mean[i] ?? 0)) / (Math.sqrt(square[i] ?? 0) + 1e-3)),
    );
    expect(state.g.every((value) => value === 0)).toBe(true);
  });

  it('step each row at its own rate, and leave those at rate 0', () => {
    const { floats, kernels } = arena;
    const state = { p: floats.rows, g: floats.out, m: floats.m, v: floats.v };
    state.v.set(state.m.map((value) => value * value));
    state.g.fill(0.3);
    const before = { p: [...state.p], g: [...state.g], m: [...state.m], v: [...state.v] };
    const rates = floats.values.subarray(0, features).fill(0);
    rates[3] = 0.02;
    kernels.adamRows(state, rates, { clip: 1, beta1: 0.9, beta2: 0.99, epsilon: 1e-3 }, width);
    for (const name of ['p', 'g', 'm', 'v'] as const) {
      const [found, was] = [state[name], Float32Array.from(before[name])];
      for (const untouched of [0, 1, 2, 4]) expect(row(found, untouched), name).toEqual(row(was, untouched));
    }
    const moved = row(Float32Array.from(before.p), 3).map((p, d) => {
      const mean = 0.9 * (before.m[3 * width + d] ?? 0) + 0.03;
      return p - (0.02 * mean) / (Math.sqrt(0.99 * (before.v[3 * width + d] ?? 0) + 0.0009) + 1e-3);
    });
    expectClose(row(state.p, 3), moved);
    expect(row(state.g, 3).every((value) => value === 0)).toBe(true);
  });

  it('sum the squares of each row', () => {
    const { floats, kernels } = arena;
    kernels.rowSquares(floats.dots, floats.rows, width);
    expectClose(
      floats.dots.subarray(0, features),
      [0, 1, 2, 3, 4].map((i) => dot(row(floats.rows, i), row(floats.rows, i))),
    );
  });
});
