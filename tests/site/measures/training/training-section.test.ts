import { expect, it } from 'vitest';
import type { SaeRow } from '../../../../pipeline/measures/quality/table.ts';
import type { TrainingCurveRow } from '../../../../pipeline/measures/training/table.ts';
import { curvePanel } from '../../../../site/measures/training/curve-panel.ts';
import { trainingSection } from '../../../../site/measures/training/training-section.ts';
import { count } from '../../../../site/page-kit/format.ts';
import { testEnv } from '../../test-env.ts';

const saes = [0, 1].map((layer) => ({ layer, sae: String(layer) }) as SaeRow);
const rows = Array.from({ length: 60 }, (_, i): TrainingCurveRow => {
  const step = 10 * (i + 1);
  const measured = { loss: 120 / (i + 1), explained_variance: 1 - 1 / (i + 2), l0: 20, dead: i === 0 ? 7 : 0 };
  return { layer: 1, sae: '1', step, tokens: 1024 * step, learning_rate: 0.002, ...measured, threshold: 0.5 };
});
const { links } = testEnv([]);

it('draws loss, L0, dead features, threshold and learning rate of each SAE that has a curve, and no other', () => {
  const { text } = trainingSection(saes, rows, links);
  expect(text.match(/<figure/g)).toHaveLength(1);
  expect(text).toContain('<b>Layer 1</b> 600 steps, 614,400 tokens');
  expect([...text.matchAll(/aria-label="([^"]* by step)/g)].map(([, name]) => name)).toEqual(
    ['Loss', 'L0', 'Dead', 'Threshold', 'Learning rate'].map((name) => `${name} by step`),
  );
  expect(text).toContain('Loss by step: at most 120, 2.00 at the end');
  expect(text).not.toMatch(/NaN|undefined/);
});

it('gives the numbers of every step in a table, and as lines of CSV', () => {
  const { text } = trainingSection(saes, rows, links);
  const steps = [...text.matchAll(/<th scope=row>([\d,]+)/g)].map(([, step]) => step);
  expect(steps).toHaveLength(60);
  expect([steps[0], steps.at(-1)]).toEqual(['10', '600']);
  expect(text).toContain('<td>614,400<td>2.00<td>98.4%<td>20.0<td>0');
  expect(text).toContain('data-v="600,614400,2,0.983607,20,0,0.5,0.002"');
});

it('is no section of a run whose SAEs have no curve', () => {
  expect(trainingSection(saes, [], links).text).toBe('');
});

it('places a panel’s line between 0 and its greatest value, by step', () => {
  const points = [
    [0, 4000],
    [50, 1000],
    [100, 0],
  ] as const;
  const { text } = curvePanel('Dead', points, count);
  expect(text).toContain('aria-label="Dead by step: at most 4,000, 0 at the end"');
  expect(text).toContain('class=line d="M0 18L90 67.5L180 84"');
});

it('draws what is 0 all along as a line at 0', () => {
  const points = [
    [1, 0],
    [2, 0],
  ] as const;
  expect(curvePanel('Dead', points, count).text).toContain('d="M90 84L180 84"');
});
