import { UserError } from '../../errors/user-error.ts';

/** A study of which a budget leaves room for nothing that could be told. */
export class OverBudget extends UserError {
  constructor(limit: number, needed: number) {
    super(`the budget leaves it ${limit} forward tokens, and it takes ${needed} at least`);
  }
}
