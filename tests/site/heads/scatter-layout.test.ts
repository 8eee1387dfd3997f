import { expect, test } from 'vitest';
import type { ShownHead } from '../../../site/heads/heads-view.ts';
import { nextPoint, scatterOf } from '../../../site/heads/scatter-layout.ts';

const values: (number | null)[][] = [
  [0, 0, 1],
  [1, 2, 3],
  [0.5, 1, null],
  [null, 1, 2],
];
const heads = values.map(
  (own, i): ShownHead => ({
    ...{ name: String(i), href: '', layer: '0', verdict: '', induction: '', family: '', values: own },
  }),
);
const frame = { left: 10, top: 20, width: 100, height: 50 };
const scatter = scatterOf(heads, [0, 1, 2, 3], { x: 0, y: 1, shade: 2 }, frame);

test('heads lie between the least and greatest of two scores, upwards, shaded by a third where they have it', () => {
  expect(scatter.points).toEqual([
    { head: 0, x: 10, y: 70, level: 1 },
    { head: 2, x: 60, y: 45, level: 0 },
    { head: 1, x: 110, y: 20, level: 9 },
  ]);
  expect(scatter).toMatchObject({ x: [0, 1], y: [0, 2], shade: [1, 3], missing: 1 });
});

test('scores of one value lie in the middle, and none at all leaves the plot empty', () => {
  expect(scatterOf(heads, [1], { x: 0, y: 1, shade: 2 }, frame).points).toEqual([{ head: 1, x: 60, y: 45, level: 5 }]);
  expect(scatterOf(heads, [], { x: 0, y: 1, shade: 2 }, frame)).toMatchObject({ points: [], x: [0, 1], missing: 0 });
});

test('the arrow keys go to the next point across or up, and stay at the ends', () => {
  const step = (from: number, key: string) => nextPoint(scatter.points, from, key);
  expect([step(0, 'ArrowRight'), step(1, 'ArrowRight'), step(2, 'ArrowRight')]).toEqual([1, 2, 2]);
  expect([step(2, 'ArrowLeft'), step(0, 'ArrowLeft')]).toEqual([1, 0]);
  expect([step(0, 'ArrowUp'), step(2, 'ArrowDown')]).toEqual([1, 1]);
  expect([step(1, 'Home'), step(1, 'End')]).toEqual([0, 2]);
});
