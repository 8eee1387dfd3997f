const bins = 16;
const leastTokens = 64;
const leastContexts = 16;

/**
 * How far a feature's active tokens keep to few places in the context: 1 − (exp(H) − 1)/15, H the entropy in nats over
 * 16 equal stretches of positions 1 … length − 1. 1: always the same stretch; 0: evenly spread. 0 as well for fewer
 * than 64 active tokens or 16 contexts, of which nothing can be said. tokens: context · length + position.
 */
export function positionalScore(tokens: ArrayLike<number>, length: number): number {
  const counts = new Float64Array(bins);
  const contexts = new Set<number>();
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] ?? 0;
    const bin = Math.floor((((token % length) - 1) * bins) / (length - 1));
    counts[bin] = (counts[bin] ?? 0) + 1;
    if (contexts.size < leastContexts) contexts.add(Math.floor(token / length));
  }
  if (tokens.length < leastTokens || contexts.size < leastContexts) return 0;
  const entropy = counts.reduce(
    (sum, n) => (n === 0 ? sum : sum - (n / tokens.length) * Math.log(n / tokens.length)),
    0,
  );
  return 1 - (Math.exp(entropy) - 1) / (bins - 1);
}
