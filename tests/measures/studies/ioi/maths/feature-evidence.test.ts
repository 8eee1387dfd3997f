import { expect, test } from 'vitest';
import {
  chooseFeatures,
  type FeatureEvidence,
  featureEvidence,
  type PromptGroups,
} from '../../../../../pipeline/measures/studies/ioi/maths/feature-evidence.ts';

const groups: PromptGroups = { templates: [0, 0, 1, 1], orders: ['ABBA', 'BABA', 'ABBA', 'BABA'] };

test('means are over all prompts, those without the feature among them, and by order', () => {
  const series = { activation: Float64Array.of(1, 3, 1, 5), effect: Float64Array.of(0, -2, 0, -4) };
  const evidence = featureEvidence(2, 7, series, groups);
  expect(evidence.effect.mean).toBe(-1.5);
  expect(evidence.effectByOrder.ABBA.mean).toBeCloseTo(0);
  expect(evidence.effectByOrder.BABA.mean).toBe(-3);
  expect(evidence.activation).toEqual({ ABBA: 1, BABA: 4 });
  expect(evidence.selectivity).toBe(0.6);
});

test('a feature of one order alone has selectivity 1, or −1', () => {
  const of = (...activation: number[]) =>
    featureEvidence(0, 0, { activation: Float64Array.from(activation), effect: new Float64Array(4) }, groups);
  expect(of(0, 2, 0, 1)).toMatchObject({ selectivity: 1, active: { ABBA: 0, BABA: 2 } });
  expect(of(1, 0, 0, 0)).toMatchObject({ selectivity: -1, active: { ABBA: 1, BABA: 0 } });
});

const sure = (mean: number) => ({ mean, low: mean - 0.01, high: mean + 0.01 });
const unsure = (mean: number) => ({ mean, low: -9, high: 9 });
const feature = (number: number, evidence: Partial<FeatureEvidence>): FeatureEvidence => ({
  ...{ layer: 1, feature: number, effect: unsure(0), effectByOrder: { ABBA: unsure(0), BABA: unsure(0) } },
  ...{ activation: { ABBA: 1, BABA: 1 }, active: { ABBA: 2, BABA: 2 }, selectivity: 0 },
  ...evidence,
});

test('position features come first, whatever matters more after them, five in all', () => {
  const position = feature(1, { selectivity: -0.8, effectByOrder: { ABBA: sure(-0.3), BABA: unsure(0) } });
  const idle = feature(2, { selectivity: 1 });
  const strong = [3, 4, 5, 6, 7].map((number) => feature(number, { effect: sure(number) }));
  const chosen = chooseFeatures([...strong, idle, position, feature(8, { effect: unsure(99) })], 4);
  expect(chosen.map(({ evidence, role }) => [evidence.feature, role])).toEqual([
    [1, 'position'],
    [7, 'leading'],
    [6, 'leading'],
    [5, 'leading'],
    [4, 'leading'],
  ]);
});

test('an effect under 2 % of the logit difference does not matter', () => {
  expect(chooseFeatures([feature(1, { effect: sure(0.07) })], 4)).toEqual([]);
  expect(chooseFeatures([feature(1, { effect: sure(0.09) })], 4).length).toBe(1);
});
