import { type FloatTensor, float32 } from '../numbers/tensor.ts';
import type { Model } from './model.ts';

/** The ids that are tokens, in order: those that the tokenizer can name, or every row where that is not known. */
export function vocabularyOf({ config, vocabulary }: Pick<Model, 'config' | 'vocabulary'>): Int32Array {
  return vocabulary ?? Int32Array.from({ length: config.vocabSize }, (_, id) => id);
}

/** [vocabSize, 1]: 1 for a token, 0 for a row that only pads the embedding; nothing where every row is a token. */
export function tokenMask(model: Pick<Model, 'config' | 'vocabulary'>): Record<string, FloatTensor> {
  const tokens = vocabularyOf(model);
  const { vocabSize } = model.config;
  if (tokens.length === vocabSize) return {};
  const mask = float32([vocabSize, 1]);
  for (const id of tokens) mask.data[id] = 1;
  return { tokenMask: mask };
}
