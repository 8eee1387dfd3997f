import { contextOfToken, positionOfToken } from '../../../numbers/token-place.ts';

const mostStretches = 16;
const leastTokens = 64;
const leastContexts = 16;
/** What float64 sums leave of an even spread. */
const rounding = 1e-9;

/**
 * How far a feature's active tokens keep to few places in the context: 1 − (exp(H) − 1)/(n − 1), H the entropy in nats of
 * the densities in n stretches of positions 1 … length − 1, n = 16 or as many as there are positions. A density is the
 * stretch's active tokens over its positions, so that an even spread gives 0 in contexts of any length; 1: always the same
 * stretch. 0 as well for fewer than 64 active tokens or 16 contexts, of which nothing can be said, and for a single
 * position. tokens: context · length + position.
 */
export function positionalScore(tokens: ArrayLike<number>, length: number): number {
  const positions = length - 1;
  const stretches = Math.min(mostStretches, positions);
  if (stretches < 2 || tokens.length < leastTokens) return 0;
  const stretchOf = (position: number) => Math.floor(((position - 1) * stretches) / positions);
  const density = new Float64Array(stretches);
  const contexts = new Set<number>();
  const sizes = new Float64Array(stretches);
  for (let position = 1; position <= positions; position++) addTo(sizes, stretchOf(position), 1);
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    const stretch = stretchOf(positionOfToken(token, length));
    addTo(density, stretch, 1 / sizes[stretch]);
    if (contexts.size < leastContexts) contexts.add(contextOfToken(token, length));
  }
  if (contexts.size < leastContexts) return 0;
  const score = 1 - (Math.exp(entropyOf(density)) - 1) / (stretches - 1);
  return score < rounding ? 0 : score;
}

function addTo(sums: Float64Array, at: number, value: number): void {
  sums[at] += value;
}

/** Of some weights as shares, in nats. */
function entropyOf(weights: Float64Array): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.reduce((sum, weight) => (weight === 0 ? sum : sum - (weight / total) * Math.log(weight / total)), 0);
}
