import { expect, it } from 'vitest';
import { familyConfidence } from '../../../../pipeline/measures/families/maths/family-confidence.ts';
import type { Family } from '../../../../pipeline/measures/families/maths/family-names.ts';
import { confidenceRows } from '../../../../pipeline/measures/studies/families/confidence-rows.ts';
import { confusionCells, confusionRows } from '../../../../pipeline/measures/studies/families/confusion-rows.ts';

const judged = (truth: Family | null, called: Family | null, score = 0.95) => ({
  ...{ layer: 0, feature: 0, truth, called, score, support: null },
});

it('planted features are counted by noise, by what they are and by what they were called', () => {
  const models = [
    { level: 1, features: [judged('BOS', 'BOS')] },
    { level: 0, features: [judged('BOS', 'unclear'), judged('BOS', 'BOS'), judged('BOS', 'BOS')] },
  ];
  expect(confusionRows(models)).toEqual([
    { level: 0, noise: 'little', truth: 'BOS', called: 'BOS', features: 2 },
    { level: 0, noise: 'little', truth: 'BOS', called: 'unclear', features: 1 },
    { level: 1, noise: 'some', truth: 'BOS', called: 'BOS', features: 1 },
  ]);
});

it('those made never to fire are not counted; those that never did are, and are not classified', () => {
  const rows = confusionRows([{ level: 0, features: [judged(null, null), judged('copying', null)] }]);
  expect(rows.map(({ called }) => called)).toEqual(['dead']);
  expect(confusionCells(rows)).toEqual([]);
});

it('confidence is checked on what was given a family, by the calibration that its score falls under', () => {
  const features = [
    judged('induction', 'induction', 0.95),
    judged('induction', 'copying', 0.95),
    judged('copying', 'copying', 0.95),
    judged('induction', 'unclear', 0),
    judged(null, null, 0),
  ];
  const rows = confidenceRows(features);
  expect(rows.map(({ family, features, right }) => [family, features, right])).toEqual([
    ['copying', 2, 1],
    ['induction', 1, 1],
  ]);
  for (const { family, confidence } of rows)
    expect(confidence).toBe(familyConfidence(family === 'copying' ? 'copying' : 'induction', 0.95)?.share);
});
