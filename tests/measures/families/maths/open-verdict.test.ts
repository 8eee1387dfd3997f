import { expect, it } from 'vitest';
import { isSettled } from '../../../../pipeline/measures/families/maths/context-curve.ts';
import { curveScores } from '../../../../pipeline/measures/families/maths/families.ts';
import { decideFamily } from '../../../../pipeline/measures/families/maths/family-rules.ts';
import { isOpen } from '../../../../pipeline/measures/families/maths/open-verdict.ts';
import { seededRandom } from '../../../../pipeline/numbers/seeded-random.ts';
import { noScores } from '../family-scores.ts';

const attributed = (scores: Partial<typeof noScores>, distinctTexts = 10) => ({
  scores: { ...noScores, ...scores },
  distinctTexts,
});

it('is closed where attribution decides, or where too few texts were seen', () => {
  expect(isOpen(attributed({ induction: 0.9 }), [])).toBe(false);
  expect(isOpen(attributed({ copying: 0.7 }), [])).toBe(false);
  expect(isOpen(attributed({}, 2), [])).toBe(false);
});

it('is open for a previous-token feature until 16 tokens say that its context is not high-level', () => {
  const previous = attributed({ previous_token: 0.9 });
  expect(isOpen(previous, [0, 0.6, 0.7, 0.7])).toBe(true);
  expect(isOpen(previous, [0, 0.6, 0.7, 0.7, 0.6])).toBe(false);
  expect(isOpen(previous, [0, 0.95, 0.95])).toBe(false);
});

it('follows a skip-gram past 16 tokens only where they leave most of the activation out', () => {
  const skipGram = attributed({ skip_gram: 0.8 });
  expect(isOpen(skipGram, [0, 0, 0, 0, 0.7])).toBe(false);
  expect(isOpen(skipGram, [0, 0, 0, 0, 0.2])).toBe(true);
});

it('is open for what reads nothing in particular until its curve says local, high-level or neither', () => {
  expect(isOpen(attributed({}), [])).toBe(true);
  expect(isOpen(attributed({}), [0, 0.1, 0.2, 0.3])).toBe(true);
  expect(isOpen(attributed({}), [0, 0.1, 0.2, 0.3, 0.4])).toBe(false);
});

it('never closes where longer cuts would have given another family', () => {
  const random = seededRandom(3);
  const share = () => (random() < 0.4 ? 0 : random());
  let closed = 0;
  for (let trial = 0; trial < 5000; trial++) {
    const scores = {
      ...{ ...noScores, induction: share(), duplicate_token: share(), succession: share(), copying: share() },
      ...{ skip_gram: share(), previous_token: share(), current_token: share(), bos: share(), positional: share() },
    };
    const evidence = { proxySpecificity: random(), distinctTexts: 1 + Math.floor(6 * random()) };
    const arrival = random() < 0.2 ? undefined : random();
    const whole = Array.from({ length: 7 }, () => random());
    const end = whole.findIndex((_, n) => isSettled(whole.slice(0, n)));
    const curve = end < 0 ? whole : whole.slice(0, end);
    const called = (cuts: readonly number[], arrived?: number) =>
      decideFamily({ ...evidence, scores: { ...scores, ...curveScores(cuts, arrived) } });
    const length = curve.findIndex((_, n) => !isOpen({ ...evidence, scores }, curve.slice(0, n)));
    if (length < 0) continue;
    closed++;
    expect(called(curve.slice(0, length))).toBe(called(curve, arrival));
  }
  expect(closed).toBeGreaterThan(2000);
});
