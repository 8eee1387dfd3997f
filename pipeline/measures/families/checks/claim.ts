import type { FamilyVerdict } from '../maths/families.ts';
import type { ContextFamily, ReadFamily } from '../maths/family-names.ts';
import type { PromotedTokens } from '../maths/promoted-tokens.ts';

/** A family that single tokens can show, and what is needed to tell whether one does. */
export interface FamilyClaim {
  readonly feature: number;
  readonly family: ReadFamily | ContextFamily;
  /** The token class that a skip-gram reads; −1 of the others. */
  readonly token: number;
  readonly promoted: PromotedTokens;
}

const nothing: PromotedTokens = { effects: new Map(), clear: new Set() };

/** Nothing of "unclear", and of "positional", which is measured on all active tokens. */
export function claimOf(
  feature: number,
  { family, token }: FamilyVerdict,
  promoted: PromotedTokens,
): FamilyClaim | undefined {
  if (family === 'unclear' || family === 'positional') return undefined;
  const copies = family === 'copying' || family === 'succession';
  return {
    feature,
    family,
    token: family === 'skip-gram' ? token : -1,
    promoted: copies ? promoted : nothing,
  };
}

export const isOfContext = (family: FamilyClaim['family']): family is ContextFamily =>
  family === 'local context' || family === 'high-level context';
