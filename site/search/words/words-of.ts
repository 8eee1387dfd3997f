const characters = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}';
/** A run of letters, marks and digits; where a script sets no spaces, each character. */
const word = new RegExp(`[${characters}]|(?:(?![${characters}])[\\p{L}\\p{M}\\p{N}])+`, 'gu');

/** Longer ones are cut: they are no words. */
const MOST_CHARACTERS = 40;

export interface PlacedWord {
  readonly word: string;
  readonly from: number;
  readonly to: number;
}

/** The words of a text, case and the width of characters aside, and where they stand in it. */
export function placedWords(text: string): PlacedWord[] {
  return Array.from(text.matchAll(word), (match) => ({
    word: match[0].normalize('NFKC').toLowerCase().slice(0, MOST_CHARACTERS),
    from: match.index,
    to: match.index + match[0].length,
  }));
}

/** The distinct words of a text, in their order. */
export const wordsOf = (text: string): string[] => [...new Set(placedWords(text).map(({ word }) => word))];

/** A word of a query of one letter is whole; a longer one may be the beginning of a word. */
export const LEAST_PREFIX = 2;

export const beginsWith = (word: string, wanted: string): boolean =>
  word === wanted || (wanted.length >= LEAST_PREFIX && word.startsWith(wanted));
