import { expect, test } from 'vitest';
import { budgetNote, OverBudget } from '../../../pipeline/measures/studies/over-budget.ts';

test('what a budget leaves and what a study takes have separators between thousands', () => {
  expect(new OverBudget(1888, 38_912).message).toBe(
    'the budget leaves it 1,888 forward tokens, and it takes 38,912 at least',
  );
  expect(budgetNote(1_234_567, ['50 sequences of a prefix, not 400'])).toEqual([
    '50 sequences of a prefix, not 400: the budget leaves it 1,234,567 forward tokens',
  ]);
});
