import { expect, test } from 'vitest';
import { balancedAccuracy } from '../../../../pipeline/measures/labels/maths/balanced-accuracy.ts';
import { wilsonInterval } from '../../../../pipeline/numbers/wilson.ts';

const answered = (active: boolean, right: number, wrong: number) => [
  ...Array.from({ length: right }, () => ({ active, answer: active })),
  ...Array.from({ length: wrong }, () => ({ active, answer: !active })),
];

test('each kind of example counts half, however many there are', () => {
  expect(balancedAccuracy([...answered(true, 9, 1), ...answered(false, 1, 1)])?.value).toBeCloseTo(0.7, 12);
});

test('an answer of yes to everything scores 0.5, and its interval holds it', () => {
  const always = balancedAccuracy([...answered(true, 20, 0), ...answered(false, 0, 20)]);
  expect(always?.value).toBe(0.5);
  expect(always?.low).toBeLessThan(0.5);
  expect(always?.high).toBeGreaterThan(0.5);
});

test('of two equal rates the interval is narrower than that of one, by the square root of two', () => {
  const { low, high } = wilsonInterval(15, 20);
  const both = balancedAccuracy([...answered(true, 15, 5), ...answered(false, 15, 5)]);
  expect(both?.low).toBeCloseTo(0.75 - (0.75 - low) / Math.SQRT2, 12);
  expect(both?.high).toBeCloseTo(0.75 + (high - 0.75) / Math.SQRT2, 12);
});

test('what was not answered does not count, and without both kinds there is no score', () => {
  const examples = [...answered(true, 1, 1), ...answered(false, 2, 0)];
  const unanswered = { active: true, answer: null };
  expect(balancedAccuracy([...examples, unanswered])).toEqual(balancedAccuracy(examples));
  expect(balancedAccuracy([...answered(true, 3, 0), { active: false, answer: null }])).toBe(undefined);
});
