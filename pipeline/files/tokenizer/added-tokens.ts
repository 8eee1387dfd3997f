import { classMasks, isOfClass } from './character-set.ts';
import type { AddedToken } from './schema.ts';
import { TextFinder } from './text-finder.ts';

/** A stretch of text, and where in the text that it was cut from it begins; or an added token's id. */
export type Section = number | { readonly text: string; readonly begin: number };

/**
 * Cuts text at added tokens: of those that begin at a place the longest, none within another; one of single words only
 * between what is of no word, and one that strips takes the white space beside it.
 * Source: huggingface/tokenizers, tokenizer/added_vocabulary.rs, find_matches.
 */
export class AddedTokenCutter {
  readonly #finder: TextFinder;
  readonly #tokens: readonly AddedToken[];

  /** `contentOf` is what of a token stands in the text: that of a normalized one is normalized too. */
  constructor(tokens: readonly AddedToken[], contentOf: (token: AddedToken) => string) {
    this.#tokens = tokens;
    this.#finder = new TextFinder(tokens.map(contentOf));
  }

  cut(text: string): Section[] {
    const sections: Section[] = [];
    let done = 0;
    for (const [found, begin, end] of this.#finder.matches(text)) {
      const token = this.#tokens[found];
      if (!token || (token.single_word && isWithinWord(text, begin, end))) continue;
      const from = token.lstrip ? Math.max(spaceBefore(text, begin), done) : begin;
      if (done < from) sections.push({ text: text.slice(done, from), begin: done });
      sections.push(token.id);
      done = token.rstrip ? spaceAfter(text, end) : end;
    }
    if (done < text.length) sections.push(done === 0 ? { text, begin: 0 } : { text: text.slice(done), begin: done });
    return sections;
  }
}

const wordMask = classMasks.word | classMasks.joiner;

function isWithinWord(text: string, begin: number, end: number): boolean {
  const before = begin - (/[\udc00-\udfff]/.test(text.charAt(begin - 1)) ? 2 : 1);
  const isWord = (at: number) => at >= 0 && at < text.length && isOfClass(text.codePointAt(at) ?? 0, wordMask);
  return isWord(before) || isWord(end);
}

const isSpace = (text: string, at: number) => isOfClass(text.charCodeAt(at), classMasks.space);

function spaceBefore(text: string, at: number): number {
  let from = at;
  while (from > 0 && isSpace(text, from - 1)) from--;
  return from;
}

function spaceAfter(text: string, at: number): number {
  let to = at;
  while (to < text.length && isSpace(text, to)) to++;
  return to;
}
