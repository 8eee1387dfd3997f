import { expect, test } from 'vitest';
import { bySupport, labelSupport } from '../../../../pipeline/measures/labels/maths/label-support.ts';

const scored = (score: number | null, low: number | null, high: number | null, kind: string | null = 'detection') => ({
  ...{ score, score_low: low, score_high: high, score_kind: kind },
});

test.each([
  ['above chance', scored(0.7, 0.6, 0.8)],
  ['chance', scored(0.6, 0.5, 0.7)],
  ['below chance', scored(0.3, 0.2, 0.4)],
  ['chance', scored(0.5, null, null, 'fuzzing')],
  ['unknown', scored(0.7, null, null, 'fuzzing')],
  ['unknown', scored(0.1, 0, 0.2, 'correlation')],
  ['unknown', scored(null, null, null, null)],
])('%s: %o', (support, label) => {
  expect(labelSupport(label)).toBe(support);
});

test('labels go by support, then by score', () => {
  const [good, better, none, chance] = [
    scored(0.7, 0.6, 0.8),
    scored(0.8, 0.7, 0.9),
    scored(null, null, null, null),
    scored(0.9, 0.4, 1),
  ];
  expect([chance, none, good, better].toSorted(bySupport)).toEqual([better, good, none, chance]);
});
