/** A mistake of the user's: printed as one line, without a stack, and the process exits 1. */
export class UserError extends Error {
  override readonly name = 'UserError';
}
