/** Numbers that one pass may hold of the kind that grows fastest: 256 MiB of float32. */
const mostNumbers = 2 ** 26;

/** As many contexts a pass as asked for, fewer where what a pass holds of each would take more than 256 MiB; at least one. */
export function fittingBatch(batch: number, numbersPerContext: number): number {
  return Math.max(1, Math.min(batch, Math.floor(mostNumbers / numbersPerContext)));
}

/** 2 MiB of float32, which a CPU's cache holds. */
const mostCached = 2 ** 19;
/** Tokens of a pass below which fetching weights anew for each costs more than a cache saves. */
const leastTokens = 256;

/**
 * Contexts of a pass on a CPU whose widest values stay in its cache: a divisor of the batch, with at least 256 tokens of it
 * where the batch has them.
 */
export function cachedBatch(batch: number, length: number, numbersPerContext: number): number {
  const most = Math.max(1, leastTokens / length, mostCached / numbersPerContext);
  let contexts = Math.max(1, Math.min(batch, Math.floor(most)));
  while (batch % contexts !== 0) contexts--;
  return contexts;
}

/** The same of predictions whose logits, by all variants, a cache holds; at least 256 rows of the product where so many fit. */
export function cachedPredictions(fitting: number, variants: number, vocabSize: number): number {
  const most = Math.max(1, Math.ceil(leastTokens / variants), Math.floor(mostCached / (variants * vocabSize)));
  return Math.min(fitting, most);
}
