import { expect, test } from 'vitest';
import { barHeights, barsPath, histogramFigure } from '../../../../site/measures/statistics/histogram.ts';

test('linear heights are shares of the tallest bin', () => {
  expect(barHeights([4, 1, 0], 'linear')).toEqual([1, 0.25, 0]);
});

test('on the log scale a bin of one token still shows, and an empty one does not', () => {
  const [tallest, single, empty] = barHeights([1_000_000, 1, 0], 'log');
  expect(tallest).toBe(1);
  expect(single).toBeCloseTo(Math.log(2) / Math.log(1_000_001), 10);
  expect(empty).toBe(0);
});

test('bars are strokes from the baseline at equal steps, and an empty bin draws nothing', () => {
  expect(barsPath([1, 0, 0.5], 6, 10)).toBe('M3 10v-10M15 10v-5');
});

test('a histogram without any count draws no bar and divides nothing by zero', () => {
  const figure = histogramFigure({ edges: [0, 0], counts: [0] }).text;
  expect(figure).toContain('<path class=linear d=""/>');
  expect(figure).not.toContain('NaN');
});
