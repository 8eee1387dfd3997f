import { expect, test } from 'vitest';
import { Moments } from '../../../../pipeline/measures/map/maths/moments.ts';
import { principalPlane, projected } from '../../../../pipeline/measures/map/maths/principal-plane.ts';
import { seededRandom } from '../../../../pipeline/numbers/seeded-random.ts';

/** Moments of rows of width d, added `block` rows at a time. */
function momentsOf(rows: readonly (readonly number[])[], block = rows.length): Moments {
  const width = rows[0]?.length ?? 0;
  const moments = new Moments(width);
  for (let from = 0; from < rows.length; from += block) {
    const own = rows.slice(from, from + block);
    const products = new Float32Array(width * width);
    for (const row of own) {
      for (let i = 0; i < width ** 2; i++) products[i] += row[Math.floor(i / width)] * row[i % width];
    }
    moments.add(own.length, Float32Array.from(own.flat()), products);
  }
  return moments;
}

/** ±3 along the second axis, ±2 along the fourth, ±1 along the first, all about (5, 0, 0, 1). */
const rows = [
  [5, 3, 0, 1],
  [5, -3, 0, 1],
  [5, 0, 0, 3],
  [5, 0, 0, -1],
  [6, 0, 0, 1],
  [4, 0, 0, 1],
];

test('the plane has the two directions of greatest variance, their signs fixed, through the mean', () => {
  const { mean, axes, share } = principalPlane(momentsOf(rows));
  const close = (found: Float64Array, wanted: readonly number[]) =>
    wanted.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 6));
  close(mean, [5, 0, 0, 1]);
  close(axes[0], [0, 1, 0, 0]);
  close(axes[1], [0, 0, 0, 1]);
  expect(share).toBeCloseTo((9 + 4) / (9 + 4 + 1), 6);
});

test('rows lie where their difference from the mean meets the axes', () => {
  const plane = principalPlane(momentsOf(rows));
  const places = projected(plane, Float32Array.from(rows.flat()), 3);
  [3, 0, -3, 0, 0, 2].forEach((value, i) => expect(places[i]).toBeCloseTo(value, 6));
});

test('moments of blocks, added or merged, are those of the whole', () => {
  const whole = momentsOf(rows).covariance();
  expect(momentsOf(rows, 4).covariance()).toEqual(whole);
  const merged = momentsOf(rows.slice(0, 2));
  merged.merge(momentsOf(rows.slice(2)));
  expect(merged.covariance()).toEqual(whole);
});

test('rows that are all one, or lie in a line, have a plane without NaN', () => {
  const one = principalPlane(momentsOf([rows[0], rows[0]]));
  expect(one.share).toBe(0);
  const line = principalPlane(momentsOf([rows[0], rows[1]]));
  expect(line.share).toBeCloseTo(1, 6);
  for (const { axes } of [one, line]) {
    expect(axes[0].reduce((sum, value, i) => sum + value * axes[1][i], 0)).toBeCloseTo(0, 9);
    for (const axis of axes) expect(Math.hypot(...axis)).toBeCloseTo(1, 9);
  }
});

test('directions that are one have no share of a variance, which rounding alone would be', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = seededRandom(seed);
    const drawn = Array.from({ length: 16 }, () => random() - 0.5);
    const unit = drawn.map((value) => Math.fround(value / Math.hypot(...drawn)));
    expect(principalPlane(momentsOf([unit])).share).toBe(0);
    expect(principalPlane(momentsOf(Array(50).fill(unit))).share).toBe(0);
  }
});
