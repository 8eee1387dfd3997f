/** Sequences of random tokens repeated once, on which the attention of heads is measured whatever a run's contexts are. */
export const repeatDesign = {
  /** Tokens of a sequence, BOS included, where the model has room for them. */
  tokens: 127,
  /** With fewer tokens repeated the token after the first occurrence is the previous token, or the present one. */
  leastHalf: 3,
} as const;
