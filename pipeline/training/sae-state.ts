import { type FloatTensor, float32 } from '../numbers/tensor.ts';
import { type SaeShape, stateSpecs } from './sae-step.ts';

/** An SAE's parameters in training and Adam's means, by the names of `stateSpecs`; z is scaled for it. */
export type SaeState = Readonly<Record<string, FloatTensor>>;

export function zeroState(shape: SaeShape): SaeState {
  return Object.fromEntries(Object.entries(stateSpecs(shape)).map(([name, spec]) => [name, float32(spec.shape)]));
}

/** A tensor of the state. Throws RangeError when there is none of that name. */
export function tensorOf(state: SaeState, name: string): FloatTensor {
  const tensor = state[name];
  if (!tensor) throw new RangeError(`no tensor ${name} in the training state`);
  return tensor;
}

export interface Start {
  /** Mean of x. */
  readonly mean: Float64Array;
  /** Unit rows [dSae, dIn]. */
  readonly rows: Float32Array;
  /** What x − mean must reach along each row for its feature to be active [dSae]. */
  readonly thresholds: Float32Array;
  /** What is above the threshold is multiplied by this. */
  readonly gain: number;
}

/** New parameters: wDec = rows, wEnc = gain·rowsᵀ, bEnc = −gain·thresholds, bDec = mean, all gains 1. */
export function initialState(shape: SaeShape, { mean, rows, thresholds, gain }: Start): SaeState {
  const { dIn, dSae } = shape;
  const state = zeroState(shape);
  const wEnc = tensorOf(state, 'wEnc').data;
  for (let i = 0; i < rows.length; i++) wEnc[(i % dIn) * dSae + Math.floor(i / dIn)] = gain * (rows[i] ?? 0);
  tensorOf(state, 'wDec').data.set(rows);
  tensorOf(state, 'bEnc').data.set(thresholds.map((threshold) => -gain * threshold));
  tensorOf(state, 'bDec').data.set(mean);
  tensorOf(state, 'gain').data.fill(1);
  return state;
}

/** A vector divided by its Euclidean norm; zero stays zero. */
export function unitVector(vector: Float64Array): Float64Array {
  const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return norm > 0 ? vector.map((value) => value / norm) : vector;
}
