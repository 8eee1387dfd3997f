import { formatCount } from '../../effects/pace.ts';
import { UserError } from '../../errors/user-error.ts';

const leaves = (limit: number): string => `the budget leaves it ${formatCount(limit)} forward tokens`;

/** A study of which a budget leaves room for nothing that could be told. */
export class OverBudget extends UserError {
  constructor(limit: number, needed: number) {
    super(`${leaves(limit)}, and it takes ${formatCount(needed)} at least`);
  }
}

/** A study's note of what a limit has made less, where it has. */
export const budgetNote = (limit: number, less: readonly string[]): string[] =>
  less.length > 0 ? [`${less.join('; ')}: ${leaves(limit)}`] : [];
