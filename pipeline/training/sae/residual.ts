import { widthOf } from './shape.ts';
import type { SaeState } from './state.ts';

/** ∂loss/∂x̂ of a prefix is its residual x̂ − x times this. */
export const lossScale = ({ options }: SaeState, prefixes: readonly number[]): number =>
  2 / (options.batch * prefixes.length);

/** The rows x̂ − x of a prefix [token, width]. */
export function residualOf(state: SaeState, prefix: number): Float32Array {
  const size = state.options.batch * widthOf(state.options);
  return state.floats.residual.subarray(prefix * size, (prefix + 1) * size);
}
