/** How activations of one place in the model are centred and scaled for training, and which are left out. */
export interface Normalizer {
  /** Mean of the tokens that are not outliers [dIn]. */
  readonly mean: Float32Array;
  /** √dIn over the mean norm of x − mean. */
  readonly scale: number;
  /** Tokens of a greater norm are left out. */
  readonly maxNorm: number;
}

/** A token of more than this many times the median norm is left out: attention sinks and the like. */
const OUTLIER = 10;

/** Measures activations x [token, dIn] of a sample. Source: SAELens, expected_average_only_in; after centring here. */
export function normalizerOf(x: Float32Array, dIn: number): Normalizer {
  const norms = Float64Array.from({ length: x.length / dIn }, (_, token) => norm(x, token * dIn, dIn));
  const median = norms.toSorted().at(norms.length >> 1) ?? 0;
  const maxNorm = median > 0 ? OUTLIER * median : Number.MAX_VALUE;
  const mean = new Float64Array(dIn);
  const kept = [...norms.keys()].filter((token) => norms[token] <= maxNorm);
  for (const token of kept) for (let d = 0; d < dIn; d++) mean[d] = mean[d] + x[token * dIn + d] / kept.length;
  const rounded = Float32Array.from(mean);
  let sum = 0;
  for (const token of kept) sum += norm(x, token * dIn, dIn, rounded) / kept.length;
  return { mean: rounded, scale: Math.fround(sum > 0 ? Math.sqrt(dIn) / sum : 1), maxNorm: Math.fround(maxNorm) };
}

/** ‖x − centre‖ of the row at an index. */
export function norm(x: Float32Array, at: number, dIn: number, centre?: Float32Array): number {
  let square = 0;
  if (centre) for (let d = 0; d < dIn; d++) square += (x[at + d] - centre[d]) ** 2;
  else for (let d = 0; d < dIn; d++) square += x[at + d] ** 2;
  return Math.sqrt(square);
}
