import { thresholds } from './family-thresholds.ts';

/** What a feature promotes, by token class. */
export interface PromotedTokens {
  /** Logit effects as shares of the largest; absent for what is not among the most promoted. */
  readonly effects: ReadonlyMap<number, number>;
  /** Those that stand out from the rest of the vocabulary. */
  readonly clear: ReadonlySet<number>;
}

/** Mean and standard deviation of a feature's logit effects over the vocabulary, and how many tokens that has. */
export interface EffectSpread {
  readonly tokens: number;
  readonly mean: number;
  readonly deviation: number;
}

/**
 * The classes of a feature's most promoted tokens, strongest first. A token is clearly promoted if its effect is at least
 * half of the largest, and further above the mean than the largest of V normal deviates would be: √(2·ln V) deviations.
 */
export function promotedTokens(
  tokens: readonly { readonly tokenId: number; readonly value: number }[],
  classes: ArrayLike<number>,
  { mean, deviation, tokens: vocabulary }: EffectSpread,
): PromotedTokens {
  const largest = tokens.at(0)?.value ?? 0;
  const least = mean + deviation * Math.sqrt(2 * Math.log(vocabulary));
  const effects = new Map<number, number>();
  const clear = new Set<number>();
  for (const { tokenId, value } of tokens) {
    if (value <= 0) break;
    const token = classes[tokenId];
    if (!effects.has(token)) effects.set(token, value / largest);
    if (value >= thresholds.promoted * largest && value > least) clear.add(token);
  }
  return { effects, clear };
}
