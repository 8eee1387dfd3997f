import { createHash, type Hash } from 'node:crypto';
import type { Document } from '../files/text/corpora.ts';
import type { NewDocumentRow } from './table.ts';

/** The document that a context begins in, and the place among its tokens. */
export interface ContextStart {
  readonly document: number;
  readonly offset: number;
}

interface Entry {
  readonly document: number;
  readonly file: string;
  readonly offset: number;
  readonly token_start: number;
  tokens: number;
  /** None until the document has been read to its end. */
  hash: string | null;
}

/**
 * Which document each packed token is of. Documents are added as they are packed, in pieces or whole, and contexts asked
 * for one after another; no more documents are held than one context joins.
 */
export class PackLedger {
  readonly #tokensPerContext: number;
  readonly #pending: Entry[] = [];
  #open: { readonly entry: Entry; readonly hash: Hash } | undefined;
  #documents = 0;
  #tokens = 0;

  /** `tokensPerContext` leaves out the beginning-of-sequence token. */
  constructor(tokensPerContext: number) {
    this.#tokensPerContext = tokensPerContext;
  }

  /** Notes that a document, or the next piece of one, became as many tokens, its end-of-text token included. */
  add(document: Pick<Document, 'text' | 'file' | 'offset' | 'continues'>, tokens: number): void {
    const { entry, hash } = this.#open ?? this.#begin(document);
    hash.update(document.text);
    entry.tokens += tokens;
    this.#tokens += tokens;
    if (document.continues) return;
    entry.hash = hash.digest('hex');
    this.#open = undefined;
  }

  #begin({ file, offset }: Pick<Document, 'file' | 'offset'>) {
    const entry: Entry = {
      document: this.#documents++,
      file,
      offset,
      token_start: this.#tokens,
      tokens: 0,
      hash: null,
    };
    this.#pending.push(entry);
    this.#open = { entry, hash: createHash('sha256') };
    return this.#open;
  }

  /** Where a context begins, and the documents that end before it. */
  start(context: number): { readonly start: ContextStart; readonly ended: NewDocumentRow[] } {
    const from = context * this.#tokensPerContext;
    const next = this.#pending.findIndex((entry) => entry.token_start + entry.tokens > from);
    if (next < 0) throw new RangeError(`context ${context} begins after the last document`);
    const { document, token_start } = this.#pending[next];
    return { start: { document, offset: from - token_start }, ended: this.#pending.splice(0, next) };
  }

  /** The other documents that have tokens in the contexts, of which there are as many. */
  end(contexts: number): NewDocumentRow[] {
    const packed = contexts * this.#tokensPerContext;
    return this.#pending
      .map((entry) => ({ ...entry, tokens: Math.min(entry.tokens, packed - entry.token_start) }))
      .filter(({ tokens }) => tokens > 0);
  }
}
