import { mergeMoments, newMoments } from '../../../numbers/moments.ts';
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
 * are taken; those of a vocabulary of 50,257, 51 MB, would go through memory each time.
 */
const mostRows = 2048;

/** A vocabulary in slices of near the same size; `ids` are the rows that are tokens. */
export function vocabularySlices(vocabSize: number, ids: Int32Array, k: number): VocabularySlice[] {
  const count = Math.ceil(vocabSize / mostRows);
  const size = Math.ceil(vocabSize / count);
  const tokens = new Int32Array(count);
  for (const id of ids) tokens[Math.floor(id / size)]++;
  return Array.from(tokens, (own, slice) => {
    const first = slice * size;
    const rows = Math.min(size, vocabSize - first);
    return { first, size: rows, tokens: own, k: Math.min(k, rows) };
  });
}

/** Mean and standard deviation over all tokens, from each slice's mean and sum of squared deviations from it. */
export function spreadOf(slices: readonly VocabularySlice[], means: Float32Array, squares: Float32Array): EffectSpread {
  const all = newMoments(1);
  slices.forEach(({ tokens: count }, i) => {
    if (count > 0) mergeMoments(all, { count, mean: means.subarray(i, i + 1), spread: squares[i] });
  });
  return { tokens: all.count, mean: all.mean[0], deviation: Math.sqrt(all.spread / all.count) };
}
