import { expect, test } from 'vitest';
import type { JudgedCurve } from '../../../../pipeline/measures/studies/induction/maths/induction-verdict.ts';
import { inductionSentence } from '../../../../pipeline/measures/studies/induction/summary.ts';

const judged = (...verdicts: JudgedCurve['verdict'][]): JudgedCurve[] =>
  verdicts.map((verdict) => ({ verdict, greatest: undefined, halfPrefix: undefined }));

test('one head attends, several attend; one does not, several do not', () => {
  const [long, short, not] = ['long-prefix induction', 'short-prefix induction', 'not induction'] as const;
  expect(inductionSentence(judged(long, not), 2)).toBe(
    '1 of the 2 heads attends by induction: none after one matching token, 1 only after a longer match (0.0); 1 does not.',
  );
  expect(inductionSentence(judged(not, short, short, not), 2)).toBe(
    '2 of the 4 heads attend by induction: 2 after one matching token (0.1, 1.0), none only after a longer match; 2 do not.',
  );
});
