export interface SyntheticShape {
  readonly layers: number;
  /** Features of each layer. */
  readonly features: number;
  readonly heads: number;
  /** Tokens of the vocabulary, the hostile ones first. */
  readonly vocabulary: number;
  readonly seed: number;
}

/** Tokens of a context, contexts, and the width of a head. */
export const CONTEXT = 128;
export const CONTEXTS = 200;
export const D_HEAD = 32;
