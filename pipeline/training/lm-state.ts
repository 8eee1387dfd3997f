import { architectureOf } from '../core/architectures/index.ts';
import type { ModelConfig } from '../core/model.ts';
import { type FloatTensor, float32, type Shape, sizeOf } from '../core/tensor.ts';
import { stateNames, stateSpecs } from './lm-step.ts';
import { randomNormal, seededRandom } from './random.ts';

/** Weights and Adam's means, by the names of `stateSpecs`. */
export type LmState = Record<string, FloatTensor>;

export function zeroState(config: ModelConfig): LmState {
  return Object.fromEntries(Object.entries(stateSpecs(config)).map(([name, { shape }]) => [name, float32(shape)]));
}

/**
 * GPT-2's initial weights: normal of deviation 0.02 (what writes to the residual stream: 0.02/√(2·nLayers)),
 * gains 1, biases 0. Source: Radford et al. 2019, section 2.3.
 */
export function initialState(config: ModelConfig, seed: number): LmState {
  const state = zeroState(config);
  const weights = Object.entries(architectureOf(config.modelType).tensors(config));
  weights.forEach(([name, shape], index) => {
    state[stateNames(name).value] = float32(shape, initialValues(name, shape, config.nLayers, [seed, index]));
  });
  return state;
}

function initialValues(name: string, shape: Shape, nLayers: number, seeds: readonly number[]) {
  const values = new Float32Array(sizeOf(shape));
  if (name.endsWith('.bias')) return values;
  if (shape.length === 1) return values.fill(1);
  const random = seededRandom(...seeds);
  const deviation = name.endsWith('c_proj.weight') ? 0.02 / Math.sqrt(2 * nLayers) : 0.02;
  return values.map(() => deviation * randomNormal(random));
}

/** The weights alone, under their own names. */
export function weightsOf(config: ModelConfig, state: LmState): Record<string, FloatTensor> {
  const names = Object.keys(architectureOf(config.modelType).tensors(config));
  return Object.fromEntries(names.map((name) => [name, state[stateNames(name).value] ?? float32([0])]));
}
