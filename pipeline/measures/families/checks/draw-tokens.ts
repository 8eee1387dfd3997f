import type { FeatureActivations } from '../../../numbers/feature-activations.ts';
import { hash } from '../../../numbers/hash.ts';

/** An active token of a feature. */
export interface DrawnToken {
  readonly feature: number;
  /** context · length + position */
  readonly token: number;
  readonly value: number;
}

/** Up to `most` of a feature's active tokens in the contexts of a sample, by least hash; in the order of their hashes. */
export function drawTokens(
  feature: number,
  { tokens, values }: FeatureActivations,
  isSampled: (token: number) => boolean,
  { most, seed }: { readonly most: number; readonly seed: number },
): DrawnToken[] {
  const drawn: (DrawnToken & { readonly priority: number })[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (isSampled(token)) drawn.push({ feature, token, value: values[i], priority: hash(seed, feature, token) });
  }
  return drawn
    .sort((a, b) => a.priority - b.priority || a.token - b.token)
    .slice(0, most)
    .map(({ feature, token, value }) => ({ feature, token, value }));
}
