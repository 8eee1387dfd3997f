import { UserError } from '../../errors/user-error.ts';

/** Throws UserError when a document holds a token that the model has no embedding for. */
export function checkTokenIds(ids: Int32Array, vocabSize: number, source: string): void {
  const past = ids.find((id) => id >= vocabSize || id < 0);
  if (past === undefined) return;
  throw new UserError(`token id ${past} is past the model's vocabulary, expected below ${vocabSize} (${source})`);
}
