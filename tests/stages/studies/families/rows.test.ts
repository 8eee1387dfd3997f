import { expect, it } from 'vitest';
import type { Family } from '../../../../pipeline/core/families.ts';
import { confidenceRows } from '../../../../pipeline/stages/studies/families/confidence-rows.ts';
import { confusionCells, confusionRows } from '../../../../pipeline/stages/studies/families/confusion-rows.ts';

const judged = (truth: Family | null, called: Family | null, confidence = 0.5) => ({
  ...{ layer: 0, feature: 0, truth, called, confidence },
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

it('those made never to fire are not counted; those that never did are, and are not judged', () => {
  const rows = confusionRows([{ level: 0, features: [judged(null, null), judged('copying', null)] }]);
  expect(rows.map(({ called }) => called)).toEqual(['dead']);
  expect(confusionCells(rows)).toEqual([]);
});

it('confidence is checked in tenths, on what was given a family', () => {
  const features = [
    judged('BOS', 'BOS', 1),
    judged('BOS', 'copying', 0.95),
    judged('BOS', 'BOS', 0.24),
    judged('BOS', 'unclear', 0),
    judged(null, null, 0),
  ];
  expect(confidenceRows(features)).toEqual([
    { tenth: 2, features: 1, right: 1 },
    { tenth: 9, features: 2, right: 1 },
  ]);
});
