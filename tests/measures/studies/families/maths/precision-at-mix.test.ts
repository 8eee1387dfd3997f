import { expect, it } from 'vitest';
import { classFigures } from '../../../../../pipeline/measures/studies/families/maths/confusion.ts';
import { precisionAtMix } from '../../../../../pipeline/measures/studies/families/maths/precision-at-mix.ts';

const figures = classFigures(
  [
    { truth: 'BOS', called: 'BOS', count: 98 },
    { truth: 'copying', called: 'copying', count: 1 },
    { truth: 'BOS', called: 'copying', count: 1 },
  ],
  ['BOS', 'copying', 'positional'],
);

it('rare calls that are often wrong weigh as much as the run makes them', () => {
  const mix = (BOS: number, copying: number) => [
    { family: 'BOS', features: BOS },
    { family: 'copying', features: copying },
  ];
  expect(precisionAtMix(figures, mix(98, 2))).toBeCloseTo(0.99, 12);
  expect(precisionAtMix(figures, mix(1, 3))).toBeCloseTo(0.625, 12);
});

it('families never called on the made models are left out, and no run gives no number', () => {
  const mix = [
    { family: 'copying', features: 2 },
    { family: 'positional', features: 98 },
  ];
  expect(precisionAtMix(figures, mix)).toBe(0.5);
  expect(precisionAtMix(figures, [])).toBeUndefined();
});
