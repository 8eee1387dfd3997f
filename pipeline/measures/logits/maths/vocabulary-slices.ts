import type { EffectSpread } from '../../families/maths/promoted-tokens.ts';

/** Rows of the unembedding whose logit effects are computed together. */
export interface VocabularySlice {
  readonly first: number;
  readonly size: number;
  /** Those of its rows that are tokens. */
  readonly tokens: number;
  /** How many of its highest effects, and of its lowest, are kept. */
  readonly k: number;
}

/**
 * Rows of a slice. Logits of 256 features and as many tokens, 2 MB, stay in a core's cache while their extremes and moments
 * are taken; those of a whole vocabulary, 51 MB and more, went through memory six times.
 */
const mostRows = 2048;

/** A vocabulary in slices of near the same size; `ids` are the rows that are tokens, ascending. */
export function vocabularySlices(vocabSize: number, ids: Int32Array, k: number): VocabularySlice[] {
  const size = Math.ceil(vocabSize / Math.ceil(vocabSize / mostRows));
  const slices: VocabularySlice[] = [];
  for (let first = 0; first < vocabSize; first += size) {
    const own = Math.min(size, vocabSize - first);
    const tokens = ids.reduce((count, id) => (id >= first && id < first + own ? count + 1 : count), 0);
    slices.push({ first, size: own, tokens, k: Math.min(k, own) });
  }
  return slices;
}

/** Mean and standard deviation over all tokens, from each slice's mean and sum of squared deviations from it. */
export function spreadOf(slices: readonly VocabularySlice[], means: Float32Array, squares: Float32Array): EffectSpread {
  const count = slices.reduce((sum, { tokens }) => sum + tokens, 0);
  const mean = slices.reduce((sum, { tokens }, i) => sum + tokens * means[i], 0) / count;
  const squared = slices.reduce((sum, { tokens }, i) => sum + squares[i] + tokens * (means[i] - mean) ** 2, 0);
  return { tokens: count, mean, deviation: Math.sqrt(squared / count) };
}
