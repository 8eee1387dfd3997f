import { expect, test } from 'vitest';
import { copyingGain, copyingOnset } from '../../../../pipeline/measures/studies/training/maths/copying-onset.ts';

/** Points whose gains are these; null was not measured. */
const curve = (...gains: (number | null)[]) =>
  gains.map((gain, step) => ({
    step,
    repeats_first: gain === null ? null : 8,
    repeats_second: gain === null ? null : 8 - gain,
  }));

test('the gain is what a token costs less the second time', () => {
  expect(curve(3, null, -0.5).map(copyingGain)).toEqual([3, null, -0.5]);
});

test('copying comes where the gain stays at a tenth, half and nine tenths of the last', () => {
  const points = curve(0, 0.2, 0.5, 3, 6, 9, 8, 10);
  const onset = copyingOnset(points);
  expect(onset?.gain).toBe(10);
  expect([onset?.tenth.step, onset?.half.step, onset?.nineTenths.step]).toEqual([3, 4, 7]);
});

test('a gain that is lost again is not the change', () => {
  const onset = copyingOnset(curve(0, 9, 9, 0, null, 2, 7, 10, 10));
  expect([onset?.tenth.step, onset?.half.step, onset?.nineTenths.step]).toEqual([5, 6, 7]);
});

test('a curve that begins with copying has its change at its first point', () => {
  expect(copyingOnset(curve(5, 5))?.tenth.step).toBe(0);
});

test('a model that gains less than a nat, and a curve without repeats, have no change', () => {
  expect(copyingOnset(curve(0, 5, 0.99))).toBeUndefined();
  expect(copyingOnset(curve(null, null))).toBeUndefined();
  expect(copyingOnset([])).toBeUndefined();
});
