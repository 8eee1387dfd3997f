import type { Entries } from './kernels.ts';
import { widthOf } from './shape.ts';
import type { SaeState } from './state.ts';

/** Adds to the gradients of wEnc and bEnc what ∂loss/∂pre of the entries gives. */
export function addEncoderGradient(state: SaeState, entries: Entries, dots: Float32Array): void {
  const { kernels, floats, parameters } = state;
  kernels.scatter(parameters.wEnc.g, floats.x, { ...entries, values: dots }, widthOf(state.options));
  const { g } = parameters.bEnc;
  for (let entry = 0; entry < entries.features.length; entry++) {
    const feature = entries.features[entry];
    g[feature] = g[feature] + dots[entry];
  }
}

/** sums[d] += Σ rows[·, d] */
export function addRows(sums: Float32Array, rows: Float32Array): void {
  for (let row = 0; row < rows.length; row += sums.length) {
    for (let d = 0; d < sums.length; d++) sums[d] = sums[d] + rows[row + d];
  }
}

export function scale(values: Float32Array, factor: number): void {
  for (let i = 0; i < values.length; i++) values[i] = values[i] * factor;
}
