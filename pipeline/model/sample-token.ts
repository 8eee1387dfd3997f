import { logSumExp } from './next-tokens.ts';

/**
 * The token that a uniform draw in [0, 1) picks of logits: the first whose cumulative probability, softmax(logits/T) by
 * id, exceeds it; the most probable at temperature T = 0, ties to the lower id. Rows that are no tokens are left out.
 */
export function sampleToken(
  logits: Float32Array,
  temperature: number,
  draw: number,
  isToken: (id: number) => boolean = () => true,
): number {
  const masked = logits.map((logit, id) => (isToken(id) ? logit : Number.NEGATIVE_INFINITY));
  const best = masked.reduce((most, logit, id) => (logit > masked[most] ? id : most), 0);
  if (temperature === 0) return best;
  const scaled = masked.map((logit) => logit / temperature);
  const normalizer = logSumExp(scaled);
  let cumulative = 0;
  for (const [id, logit] of scaled.entries()) {
    cumulative += Math.exp(logit - normalizer);
    if (draw < cumulative) return id;
  }
  return best;
}
