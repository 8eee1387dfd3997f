import type { AddedToken } from './schema.ts';

/** A token as it is added, before it has an id. */
export type NewToken = Omit<AddedToken, 'id'>;

/**
 * The vocabulary with the tokens added to it: one that is in the vocabulary keeps its id, any other takes the next.
 * Source: huggingface/tokenizers, tokenizer/added_vocabulary.rs, add_tokens.
 */
export class AddedVocabulary {
  readonly #base: ReadonlyMap<string, number>;
  readonly #ids = new Map<string, number>();
  readonly #tokens = new Map<number, AddedToken>();
  #highest = -1;

  constructor(base: ReadonlyMap<string, number>) {
    this.#base = base;
  }

  /** The id that the token has now; one that is added again takes its new flags. */
  add(token: NewToken): number | undefined {
    if (token.content === '') return undefined;
    const id = this.idOf(token.content) ?? Math.max(this.#highest + 1, this.#base.size);
    this.#ids.set(token.content, id);
    this.#tokens.set(id, { ...token, id });
    this.#highest = Math.max(this.#highest, id);
    return id;
  }

  has(content: string): boolean {
    return this.#ids.has(content);
  }

  idOf(content: string): number | undefined {
    return this.#ids.get(content) ?? this.#base.get(content);
  }

  get tokens(): readonly AddedToken[] {
    return [...this.#tokens.values()];
  }
}
