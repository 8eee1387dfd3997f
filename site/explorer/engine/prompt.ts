import { UserError } from '../../../pipeline/errors/user-error.ts';
import type { ExplorerManifest } from '../../../pipeline/files/explorer-manifest.ts';
import type { Tokenizer } from '../../../pipeline/files/tokenizer/tokenizer.ts';
import type { PromptTokens } from '../protocol.ts';

/** Prompts as the model sees them: BOS first where the run's contexts begin so, no more tokens than its context holds. */
export class Prompts {
  readonly #tokenizer: Tokenizer;
  readonly #manifest: ExplorerManifest;
  readonly #texts = new Map<number, string>();

  constructor(tokenizer: Tokenizer, manifest: ExplorerManifest) {
    this.#tokenizer = tokenizer;
    this.#manifest = manifest;
  }

  get bosTokenId(): number {
    return this.#tokenizer.bosTokenId;
  }

  /** Throws UserError where the tokenizer makes a token that the model has no embedding for. */
  tokenize(text: string): PromptTokens {
    const begin = this.#manifest.prependBos ? [this.bosTokenId] : [];
    return this.describe([...begin, ...this.#tokenizer.encode(text)]);
  }

  /** A beginning-of-sequence token that is wanted and not there is put in front. Throws UserError for an id that is none. */
  describe(given: readonly number[]): PromptTokens {
    const { maxTokens, prependBos } = this.#manifest;
    this.check(given);
    const isWhole = given[0] === this.bosTokenId || (!prependBos && given.length > 0);
    const whole = isWhole ? given : [this.bosTokenId, ...given];
    const ids = whole.slice(0, maxTokens);
    return { ids, texts: ids.map((id) => this.textOfToken(id)), cut: whole.length - ids.length };
  }

  textOfToken(id: number): string {
    const text = this.#texts.get(id) ?? this.#tokenizer.tokenText(id);
    this.#texts.set(id, text);
    return text;
  }

  textOf(ids: readonly number[]): string {
    return this.#tokenizer.decode(ids[0] === this.bosTokenId ? ids.slice(1) : ids);
  }

  /** Whether a row of the model's embedding is a token, and does not only pad it. */
  isToken(id: number): boolean {
    return id < this.#manifest.config.vocabSize && this.#tokenizer.tokenBytes(id).length > 0;
  }

  /** Throws UserError unless all ids are the model's tokens. */
  check(ids: readonly number[]): void {
    const { vocabSize } = this.#manifest.config;
    const wrong = ids.find((id) => !this.isToken(id));
    if (wrong !== undefined) throw new UserError(`unknown token id: ${wrong}, expected 0 to ${vocabSize - 1}`);
  }
}
