import { printable, shortened } from './printable.ts';

const maxCharacters = 700;

/**
 * A mistake of the user's: printed as one line, without a stack, and the process exits 1. The text may hold what was
 * read from a file: it is cut to a sensible length, and control characters are escaped.
 */
export class UserError extends Error {
  override readonly name = 'UserError';

  constructor(message: string, options?: ErrorOptions) {
    // Cut before as well: what is left out need not be escaped.
    super(shortened(printable(shortened(message, maxCharacters)), maxCharacters), options);
  }
}
