import type { Sample } from '../../record/sample.ts';

/** The `most` most frequent tokens of a text, ties to the lower id; what does not occur is left out. */
export function frequentTokens(sample: Sample, vocabSize: number, most: number): Int32Array {
  const counts = new Float64Array(vocabSize);
  for (const { tokens } of sample) {
    for (const id of tokens) counts[id] += 1;
  }
  const ids = Int32Array.from({ length: vocabSize }, (_, id) => id).filter((id) => counts[id] > 0);
  return ids.sort((a, b) => counts[b] - counts[a] || a - b).slice(0, most);
}
