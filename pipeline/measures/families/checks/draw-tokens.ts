import type { FeatureActivations } from '../../../numbers/feature-activations.ts';
import { hash } from '../../../numbers/hash.ts';
import { LeastHashes } from '../../../numbers/least-hashes.ts';

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
  const drawn = new LeastHashes(most);
  for (let i = 0; i < tokens.length; i++) {
    if (isSampled(tokens[i])) drawn.add(i, hash(seed, feature, tokens[i]));
  }
  return drawn.indices.map((i) => ({ feature, token: tokens[i], value: values[i] }));
}
