import type { Model } from '../../../core/model.ts';
import type { Tokenizer } from '../../../io/tokenizer.ts';

type Marks = Pick<Tokenizer, 'bosTokenId' | 'eosTokenId'>;

/** Tokens that begin or end a text. */
export function tokensApart({ config }: Pick<Model, 'config'>, tokenizer: Marks): ReadonlySet<number> {
  return new Set([config.bosTokenId, config.eosTokenId, tokenizer.bosTokenId, tokenizer.eosTokenId]);
}

/** Every other token that the tokenizer can write. */
export function ordinaryTokens(
  model: Pick<Model, 'config'>,
  tokenizer: Marks & Pick<Tokenizer, 'vocabSize' | 'tokenBytes'>,
): Int32Array {
  const apart = tokensApart(model, tokenizer);
  const ids = Array.from({ length: Math.min(model.config.vocabSize, tokenizer.vocabSize) }, (_, id) => id);
  return Int32Array.from(ids.filter((id) => !apart.has(id) && tokenizer.tokenBytes(id).length > 0));
}
