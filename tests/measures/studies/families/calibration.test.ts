import { expect, it } from 'vitest';
import { createEngine } from '../../../../pipeline/engine/index.ts';
import { calibrationCounts } from '../../../../pipeline/measures/families/maths/family-calibration.ts';
import { calibrateSeed, calibrationSeeds } from '../../../../pipeline/measures/studies/families/calibration.ts';

const countsOf = (wanted: number) =>
  calibrationCounts.flatMap(({ seed, ...count }) => (seed === wanted ? [count] : []));

it('the committed calibration is what its made models give', { timeout: 600_000 }, async () => {
  const engine = await createEngine({ backend: 'onnx-cpu' });
  const [seed] = calibrationSeeds;
  expect(countsOf(seed)).toEqual(await calibrateSeed(seed, engine));
});

it('the calibration holds all of its seeds, and not the one that the study uses by default', () => {
  expect([...new Set(calibrationCounts.map(({ seed }) => seed))]).toEqual([...calibrationSeeds]);
  expect(calibrationSeeds).not.toContain(0);
  for (const seed of calibrationSeeds) {
    expect(countsOf(seed).reduce((sum, { features }) => sum + features, 0)).toBeGreaterThan(1000);
  }
});
