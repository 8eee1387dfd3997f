import { beginsWith, placedWords, wordsOf } from './words-of.ts';

export interface LitPart {
  readonly text: string;
  readonly isHit: boolean;
}

/** A text in pieces; a piece is a hit where it is what a query's word is, or begins with it. */
export function lightWords(text: string, query: string): LitPart[] {
  const wanted = wordsOf(query);
  const parts: LitPart[] = [];
  let from = 0;
  for (const placed of wanted.length === 0 ? [] : placedWords(text)) {
    if (!wanted.some((each) => beginsWith(placed.word, each))) continue;
    parts.push({ text: text.slice(from, placed.from), isHit: false });
    parts.push({ text: text.slice(placed.from, placed.to), isHit: true });
    from = placed.to;
  }
  parts.push({ text: text.slice(from), isHit: false });
  return parts.filter((part) => part.text !== '');
}
