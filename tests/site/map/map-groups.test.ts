import { expect, test } from 'vitest';
import { mapGroups } from '../../../site/map/map-groups.ts';

const pointsAt = (...places: readonly (readonly [number, number])[]) => ({
  rows: Uint32Array.from(places, (_, row) => row),
  x: Float32Array.from(places, ([x]) => x),
  y: Float32Array.from(places, ([, y]) => y),
});
const firstTwo = (row: number) => (row < 2 ? '0' : '1-out');

test('SAEs that lie apart are named, each above its highest point', () => {
  const points = pointsAt([0, 0.25], [0.5, 0.5], [0.75, 0], [1, 0.125]);
  expect(mapGroups(points, firstTwo)).toEqual([
    { name: 'layer 0', x: 0.25, top: 0.5 },
    { name: 'SAE 1-out', x: 0.875, top: 0.125 },
  ]);
});

test('those that lie among each other are not, nor is one alone', () => {
  const points = pointsAt([0, 0], [0.5, 0.5], [0.25, 0.25], [1, 1]);
  expect(mapGroups(points, firstTwo)).toEqual([]);
  expect(mapGroups(points, () => '0')).toEqual([]);
});
