/** A feature's activations in the order of their tokens, all above 0. */
export interface FeatureActivations {
  /** context · length + position */
  readonly tokens: Uint32Array;
  readonly values: Float32Array;
}
