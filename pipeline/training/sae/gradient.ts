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
