import { expect, it } from 'vitest';
import { bandPath, dotsPath, linePath, plotScales, spreadLabels } from '../../../../site/measures/studies/plot.ts';

const area = { left: 10, top: 20, width: 100, height: 50 };

it('scales run left to right and bottom to top, and keep what lies outside at the edge', () => {
  const { x, y } = plotScales(area, [1, 9], [0, 2]);
  expect([x(1), x(5), x(9), x(12)]).toEqual([10, 60, 110, 110]);
  expect([y(0), y(1), y(2), y(-1)]).toEqual([70, 45, 20, 70]);
});

it('a domain of one value stays in the middle', () => {
  expect(plotScales(area, [3, 3], [0, 1]).x(3)).toBe(60);
});

it('paths go through their points, and a band comes back along the other line', () => {
  expect(
    linePath([
      [1, 2],
      [3, 4],
    ]),
  ).toBe('M1 2L3 4');
  expect(
    bandPath(
      [
        [0, 5],
        [9, 5],
      ],
      [
        [0, 1],
        [9, 2],
      ],
    ),
  ).toBe('M0 5L9 5L9 2L0 1Z');
  expect(dotsPath([[5, 6]], 2)).toBe('M3 6a2 2 0 1 0 4 0a2 2 0 1 0 -4 0');
});

it('labels keep apart, near where they were wanted, within the ends', () => {
  expect(spreadLabels([50, 20], 10, 0, 100)).toEqual([50, 20]);
  const crowded = spreadLabels([98, 99, 97], 10, 0, 100);
  expect(crowded).toEqual([90, 100, 80]);
  expect(spreadLabels([0, 0], 10, 5, 100)).toEqual([5, 15]);
});
