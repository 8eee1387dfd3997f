import type { ContextFile } from '../context-file.ts';
import { each } from '../run-quality.ts';

/** Tokens of the text that are counted, at most. */
const counted = 1 << 22;

/** The `most` most frequent tokens of a text, ties to the lower id; what does not occur is left out. */
export async function frequentTokens(contexts: ContextFile, vocabSize: number, most: number): Promise<Int32Array> {
  const counts = new Float64Array(vocabSize);
  const enough = Math.max(1, Math.floor(counted / contexts.length));
  for await (const tokens of each(contexts, Math.min(contexts.count, enough))) {
    for (const id of tokens) counts[id] = (counts[id] ?? 0) + 1;
  }
  const ids = Int32Array.from({ length: vocabSize }, (_, id) => id).filter((id) => (counts[id] ?? 0) > 0);
  return ids.sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b).slice(0, most);
}
