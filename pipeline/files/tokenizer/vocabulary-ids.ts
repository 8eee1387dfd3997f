import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';
import type { TokenizerJson } from './tokenizer-json.ts';

const record = z.record(z.string(), z.unknown());

/**
 * Checks that a tokenizer's ids are whole numbers, and no larger than its vocabulary, gaps allowed for, can need:
 * tables are as long as the highest id. Throws UserError naming the token.
 */
export function checkVocabularyIds({ model, added_tokens: added }: TokenizerJson, file: string): void {
  // A list's ids are its places.
  const vocab = Array.isArray(model.vocab) ? [] : Object.entries(record.safeParse(model.vocab).data ?? {});
  const count = (Array.isArray(model.vocab) ? model.vocab.length : vocab.length) + added.length;
  const most = 2 * count + (1 << 16);
  for (const [token, id] of [...vocab, ...added.map((one): [string, unknown] => [one.content, one.id])]) {
    if (typeof id === 'number' && Number.isInteger(id) && id >= 0 && id < most) continue;
    const named = JSON.stringify(token.slice(0, 40));
    throw new UserError(
      `id of token ${named} is ${JSON.stringify(id)}, expected a whole number below ${most}: there are ${count} tokens (${file})`,
    );
  }
}
