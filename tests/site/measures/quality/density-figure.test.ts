import { expect, it } from 'vitest';
import { densityHistogram } from '../../../../pipeline/measures/quality/maths/density-histogram.ts';
import { densityFigure } from '../../../../site/measures/quality/density-figure.ts';

const histogramOf = (counts: number[], tokens: number) => {
  const { edges, counts: binned } = densityHistogram(counts, tokens);
  return { edges, counts: binned };
};
const row = { layer: 1, sae: '1', dead_features: 2, dense_features: 1 };

it('draws a bar for each bin that holds features, in its place, and says decade by decade what they show', () => {
  const density_histogram = histogramOf([0, 0, 1, 1, 60, 900], 1000);
  const { text } = densityFigure({ ...row, density_histogram });
  expect(text).toContain('4 features active, 2 dead, 1 dense');
  // Twelve bins of 12 units: 0.001 is in the first, 0.06 in the eighth, 0.9 in the last; two features are the tallest.
  expect(text).toContain('d="M6 90v-90M90 90v-45M138 90v-45"');
  expect(text).toContain('class=cut d="M96 0V90"');
  expect(text).toContain(
    'aria-label="Features by share of tokens that they are active on: 2 from 0.1% to 1%, 1 from 1% to 10%, 1 from 10% to 100%"',
  );
});

it('has every bin in its table, so that the CSV file has no gaps', () => {
  const density_histogram = histogramOf([0, 0, 1, 1, 60, 900], 1000);
  const { text } = densityFigure({ ...row, density_histogram });
  const lines = [...text.matchAll(/<tr data-v="[^"]*,(\d+)"/g)].map(([, features]) => Number(features));
  expect(lines).toEqual([...density_histogram.counts]);
  expect(lines).toContain(0);
});

it('names what is rarer than a thousandth by its power of ten', () => {
  const { text } = densityFigure({ ...row, density_histogram: histogramOf([1], 1e12) });
  expect(text).toContain('10⁻¹²');
  expect(text).not.toContain('NaN');
});

it('draws nothing of a run that did not count', () => {
  expect(densityFigure({ ...row, density_histogram: null }).text).toBe('');
});
