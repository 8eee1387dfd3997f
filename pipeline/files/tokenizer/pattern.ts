import type { CharacterSet } from './character-set.ts';

/** A pattern taken apart, as far as it can be matched in linear time. */
export type Pattern =
  | { readonly kind: 'set'; readonly set: CharacterSet }
  | { readonly kind: 'sequence'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'choice'; readonly options: readonly Pattern[] }
  | {
      readonly kind: 'repeat';
      readonly part: Pattern;
      readonly min: number;
      readonly max: number;
      readonly greedy: boolean;
    }
  /** Nothing is consumed: the next character is in the set, or the text ends and `end` is true. */
  | { readonly kind: 'ahead'; readonly set: CharacterSet; readonly end: boolean };

/** Why a pattern cannot be matched here. */
export class PatternError extends Error {}
