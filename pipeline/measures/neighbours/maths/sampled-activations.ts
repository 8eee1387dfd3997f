/** Activations of an SAE's features at the tokens of a sample, by feature: those of i from starts[i] up to starts[i + 1]. */
export interface SampledActivations {
  readonly starts: ArrayLike<number>;
  /** Numbers of tokens within the sample, 0 … tokenCount − 1. */
  readonly tokens: Uint32Array;
  /** All above 0. */
  readonly values: Float32Array;
  readonly tokenCount: number;
}
