import { expect, test } from 'vitest';
import { seededRandom } from '../../../pipeline/numbers/seeded-random.ts';
import { squareAbout } from '../../../site/map/encode-places.ts';
import { type Place, packIslands } from '../../../site/map/pack-islands.ts';

/** Points spread over a disc. */
function disc(x: number, y: number, radius: number, count: number): Place[] {
  const random = seededRandom(7, count);
  return Array.from({ length: count }, () => {
    const [angle, away] = [2 * Math.PI * random(), radius * Math.sqrt(random())];
    return { x: x + away * Math.cos(angle), y: y + away * Math.sin(angle) };
  });
}

const centre = (points: readonly Place[]): Place => ({
  x: points.reduce((sum, { x }) => sum + x, 0) / points.length,
  y: points.reduce((sum, { y }) => sum + y, 0) / points.length,
});

const between = (a: Place, b: Place) => Math.hypot(a.x - b.x, a.y - b.y);

const far: readonly (readonly [number, number])[] = [
  [1, 4],
  [10, 3],
  [-8, 1],
  [-2, -8],
];

test('four small discs far apart fill the square, in rows by their order, as they are within', () => {
  const discs = far.map(([x, y], i) => disc(x, y, 1.25 + 0.02 * ((i * 3) % 4), 1000));
  const before = discs.flat();
  const after = packIslands(before);
  expect(squareAbout(before).side).toBeGreaterThan(20);
  expect(squareAbout(after).side).toBeLessThan(6);
  const moved = discs.map((_, i) => after.slice(1000 * i, 1000 * (i + 1)));
  const [a, b, c, d] = moved.map(centre);
  expect(a.x).toBeLessThan(b.x);
  expect(c.x).toBeLessThan(d.x);
  expect(Math.min(a.y, b.y)).toBeGreaterThan(Math.max(c.y, d.y) + 2);
  for (const [i, own] of moved.entries()) {
    for (const [j, point] of own.entries())
      expect(between(point, own[(j * 7) % 1000])).toBeCloseTo(between(discs[i][j], discs[i][(j * 7) % 1000]), 9);
  }
});

test('no two groups overlap or touch, whatever their sizes', () => {
  const groups = Array.from({ length: 13 }, (_, i) =>
    disc(40 * Math.cos(i * 2.4) * (1 + i), 40 * Math.sin(i * 2.4) * (1 + i), 0.5 + (i % 5) * 3, 200),
  );
  const after = packIslands(groups.flat());
  const moved = groups.map((_, i) => after.slice(200 * i, 200 * (i + 1)));
  expect(squareAbout(after).side).toBeLessThan(0.2 * squareAbout(groups.flat()).side);
  for (const [i, one] of moved.entries()) {
    for (const other of moved.slice(i + 1)) {
      const closest = Math.min(...one.map((point) => Math.min(...other.map((second) => between(point, second)))));
      expect(closest).toBeGreaterThan(1);
    }
  }
});

test('what hangs together, fills its square or is but a few points stays as it is', () => {
  const near = [...disc(0, 0, 1, 900), ...disc(2.05, 0, 1, 900)];
  const chain = Array.from({ length: 400 }, (_, i) => ({ x: i, y: i % 2 }));
  const corners = [...disc(0, 0, 1, 900), ...disc(2.3, 2.3, 1, 900), ...disc(0, 2.3, 1, 900), ...disc(2.3, 0, 1, 900)];
  const few: readonly Place[] = [0, 1, 3, 4].map((x) => ({ x, y: 0 }));
  for (const places of [near, chain, corners, few, [], [{ x: 3, y: 3 }]]) expect(packIslands(places)).toBe(places);
});
