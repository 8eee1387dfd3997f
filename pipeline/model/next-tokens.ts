/** A token as what may come next. */
export interface NextToken {
  readonly tokenId: number;
  readonly logit: number;
  readonly probability: number;
}

/** log Σ exp of one row of logits, in float64. */
export function logSumExp(logits: Float32Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) most = Math.max(most, logits[i]);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp(logits[i] - most);
  return most + Math.log(sum);
}

/** The k most probable tokens of one row of logits, ties to the lower id; probability = exp(logit − logSumExp). */
export function nextTokens(
  logits: Float32Array,
  k: number,
  normalizer = logSumExp(logits),
  isToken: (id: number) => boolean = () => true,
): NextToken[] {
  const best: number[] = [];
  const value = (tokenId: number | undefined) => (tokenId === undefined ? Number.NEGATIVE_INFINITY : logits[tokenId]);
  for (let tokenId = 0; tokenId < logits.length; tokenId++) {
    const logit = logits[tokenId];
    if (best.length === k && !(logit > value(best[k - 1]))) continue;
    if (!isToken(tokenId)) continue;
    let at = best.length;
    while (at > 0 && logit > value(best[at - 1])) at--;
    best.splice(at, 0, tokenId);
    if (best.length > k) best.pop();
  }
  return best.map((tokenId) => {
    const logit = logits[tokenId];
    return { tokenId, logit, probability: Math.exp(logit - normalizer) };
  });
}
