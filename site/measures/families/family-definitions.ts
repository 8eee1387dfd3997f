import type { Family } from '../../../pipeline/measures/families/maths/family-names.ts';

/** What the features of each family do, in a sentence; how it is decided is on the methods page. */
export const familyDefinitions: Readonly<Record<Family, string>> = {
  induction:
    'Reads the token that followed an earlier occurrence of the current token, as if to predict that it follows again.',
  'duplicate token': 'Reads an earlier occurrence of the current token itself.',
  succession: 'Reads a token whose successor in a series it promotes, such as Tuesday after Monday.',
  copying: 'Reads a token and promotes that same token, whatever precedes it.',
  'skip-gram': 'Reads one particular token at varying distances, whatever lies between.',
  'previous token': 'Reads the token directly before the current one.',
  'current token': 'Reads the current token itself.',
  BOS: 'Reads the beginning-of-sequence token.',
  positional: 'Is active at certain positions of the context, whatever the text.',
  'local context': 'Depends on the last few tokens as a group, not on a single source.',
  'high-level context': 'Depends on what the text is about over many tokens, not on a single source.',
  unclear: 'Fits none of the other families, or too few distinct texts activate it to tell.',
};

/** A family's name in an address. */
export const familySlug = (family: string): string => family.replaceAll(' ', '-');
