import { UserError } from '../../errors/user-error.ts';
import type { FloatTensor } from '../../numbers/tensor.ts';

/** A matrix as a checkpoint calls it. */
export interface NamedMatrix {
  readonly name: string;
  readonly tensor: FloatTensor;
}

/**
 * Throws UserError where a tied model's files hold two matrices that differ: transformers 4 uses the embedding for both,
 * transformers 5 each as it is stored, so only the model's owner can say which is meant.
 */
export function requireTied(embedding: NamedMatrix, head: NamedMatrix, file: string): void {
  if (isEqual(embedding.tensor.data, head.tensor.data)) return;
  throw new UserError(
    `${head.name} differs from ${embedding.name}, expected equal tensors of a tied model, or "tie_word_embeddings": false in its config.json (${file})`,
  );
}

const isEqual = (a: Float32Array, b: Float32Array): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);
