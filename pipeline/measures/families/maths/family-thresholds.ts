/** Every threshold of the classification of features by family. */
export const thresholds = {
  /** Share of the positive attribution that a kind of source carries, above what chance gives. */
  reading: 0.6,
  /** The same for induction where the proxy holds on most of the strong activations. */
  supportedInduction: 0.25,
  proxySpecificity: 0.8,
  /** A token counts as promoted from this share of the feature's largest logit effect on. */
  promoted: 0.5,
  positional: 0.6,
  /** Local: so much of the activation is there with the last 8 tokens alone, of examples that have more. */
  local: 0.5,
  /** High-level: so much of it is not there with the last 16 tokens, of examples that have more. */
  highLevel: 0.5,
  /** A token that is read wherever it stands is found at distances that deviate by so many tokens. */
  wander: 1,
  /** A source carries the activation if so much of it is there once a cut context holds the source. */
  arrival: 0.5,
  /** Of fewer top examples that end in different texts nothing is said: one text, repeated, is one observation. */
  examples: 3,
} as const;
