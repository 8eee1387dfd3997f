import type { ModelConfig } from '../model/model.ts';
import { tensorShapes } from '../model/tensors.ts';
import { randomNormal, seededRandom } from '../numbers/seeded-random.ts';
import { type FloatTensor, float32, type Shape, sizeOf } from '../numbers/tensor.ts';
import { stateNames, stateSpecs } from './lm-step.ts';

/** Weights and Adam's means, by the names of `stateSpecs`. */
export type LmState = Record<string, FloatTensor>;

export function zeroState(config: ModelConfig): LmState {
  return Object.fromEntries(Object.entries(stateSpecs(config)).map(([name, { shape }]) => [name, float32(shape)]));
}

/**
 * Initial weights: normal of deviation 1/√fanIn, a tenth of that (and over √(2·nLayers), as GPT-2 has it) for what
 * writes to the residual stream, so that tokens can be told apart from the start; gains 1, biases 0.
 * Source: Radford et al. 2019, section 2.3.
 */
export function initialState(config: ModelConfig, seed: number): LmState {
  const state = zeroState(config);
  const weights = Object.entries(tensorShapes(config));
  weights.forEach(([name, shape], index) => {
    state[stateNames(name).value] = float32(shape, initialValues(name, shape, config.nLayers, [seed, index]));
  });
  return state;
}

const WRITING_SCALE = 0.1;

function initialValues(name: string, shape: Shape, nLayers: number, seeds: readonly number[]) {
  const values = new Float32Array(sizeOf(shape));
  const [fanIn = 1, width] = shape;
  if (name.endsWith('.bias')) return values;
  if (width === undefined) return values.fill(1);
  // biome-ignore lint/plugin: a few seeds
  const random = seededRandom(...seeds);
  return values.map(() => deviationOf(name, fanIn, nLayers) * randomNormal(random));
}

function deviationOf(name: string, fanIn: number, nLayers: number): number {
  if (name.startsWith('embedding.')) return EMBEDDING_DEVIATION;
  return (/\.(output|out)\.weight$/.test(name) ? WRITING_SCALE / Math.sqrt(2 * nLayers) : 1) / Math.sqrt(fanIn);
}

const EMBEDDING_DEVIATION = 0.05;

/** The weights alone, under their own names. */
export function weightsOf(config: ModelConfig, state: LmState): Record<string, FloatTensor> {
  const names = Object.keys(tensorShapes(config));
  return Object.fromEntries(names.map((name) => [name, state[stateNames(name).value]]));
}
