import type { Document } from '../files/text/corpora.ts';
import type { Tokenizer } from '../files/tokenizer/load-tokenizer.ts';
import { checkTokenIds } from '../files/tokenizer/token-ids.ts';
import type { NearDuplicates } from './near-duplicates.ts';

export interface PackOptions {
  /** Tokens of a context, its first included. */
  readonly context: number;
  /** What each context begins with; the token before its other ones where that is not there. */
  readonly bosTokenId: number | undefined;
  readonly eosTokenId: number;
  /** The model's; a token past it is an error. */
  readonly vocabSize: number;
  /** Hears of each document, or piece of one, how many tokens it became, its end-of-text token included. */
  readonly onDocument?: (document: Document, tokens: number) => void;
  /** Leaves out near-duplicates of earlier documents, of which it is not told. */
  readonly duplicates?: NearDuplicates | undefined;
}

/**
 * Documents tokenised, joined by the end-of-text token and cut into context − 1 tokens, each piece preceded by the
 * beginning-of-sequence token or, without one, by the token that it follows, which counts there in no statistic; the first
 * then follows an end of text. The last short piece is dropped. Yields one context at a time.
 */
export async function* packContexts(
  documents: AsyncIterable<Document>,
  tokenizer: Pick<Tokenizer, 'encode'>,
  { context, bosTokenId, eosTokenId, vocabSize, onDocument, duplicates }: PackOptions,
): AsyncGenerator<Int32Array> {
  let piece = new Int32Array(context).fill(bosTokenId ?? eosTokenId, 0, 1);
  let filled = 1;
  let goesOn = false;
  let isKept = true;
  for await (const document of documents) {
    const { text, source, continues = false } = document;
    const ids = tokenizer.encode(text, goesOn);
    checkTokenIds(ids, vocabSize, source);
    if (!goesOn) isKept = duplicates?.begin(ids) ?? true;
    else if (isKept) duplicates?.keep(ids);
    goesOn = continues;
    if (!isKept) {
      duplicates?.drop(ids);
      continue;
    }
    const end = continues ? ids.length : ids.length + 1; // the end-of-text token follows a whole document
    onDocument?.(document, end);
    for (let at = 0; at < end; at++) {
      piece[filled++] = at < ids.length ? ids[at] : eosTokenId;
      if (filled < context) continue;
      const last = piece[context - 1];
      yield piece;
      piece = new Int32Array(context).fill(bosTokenId ?? last, 0, 1);
      filled = 1;
    }
  }
}
