import type { Tokenizer } from '../../../files/tokenizer/load-tokenizer.ts';
import type { Model } from '../../../model/model.ts';
import { vocabularyOf } from '../../../model/vocabulary.ts';

type Marks = Pick<Tokenizer, 'bosTokenId' | 'eosTokenId'>;

/** Tokens that begin or end a text. */
export function tokensApart({ config }: Pick<Model, 'config'>, tokenizer: Marks): ReadonlySet<number> {
  return new Set([config.bosTokenId, config.eosTokenId, tokenizer.bosTokenId, tokenizer.eosTokenId]);
}

/** Every other token that the tokenizer can write. */
export function ordinaryTokens(model: Pick<Model, 'config' | 'vocabulary'>, tokenizer: Marks): Int32Array {
  const apart = tokensApart(model, tokenizer);
  return vocabularyOf(model).filter((id) => !apart.has(id));
}
