import { biasCorrection } from '../adam.ts';
import { widthOf } from './shape.ts';
import type { SaeState } from './state.ts';

export const SAE_ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** The joint norm of the gradients is kept at most this. */
const CLIP = 1;

interface UpdateOptions {
  readonly learningRate: number;
  /** Steps done before this one. */
  readonly done: number;
}

/**
 * Adam on every parameter; returns the norm of the gradient before clipping. The rows of a feature without a gradient
 * stay as they are, and each feature counts its own updates: dense Adam goes on moving a rare feature by the momentum
 * of its last activation, some 30 times the learning rate in every coordinate, which ends many of them.
 * Source: PyTorch's SparseAdam; for SAEs arXiv:2508.16929.
 */
export function updateParameters(state: SaeState, { learningRate, done }: UpdateOptions): number {
  const { kernels, parameters, options, floats } = state;
  const width = widthOf(options);
  const { wEnc, wDec, bDec } = parameters;
  kernels.removeParallel(wDec.g, wDec.p, width);
  const norm = gradientNorm(state);
  const step = { clip: Math.min(1, CLIP / norm), ...SAE_ADAM };
  setRates(state, learningRate);
  kernels.adamRows(wEnc, floats.rates, step, width);
  kernels.adamRows(wDec, floats.rates, step, width);
  updateScalars(state, step);
  kernels.adam(bDec, { rate: learningRate * biasCorrection(done + 1, SAE_ADAM), ...step });
  kernels.unitRows(wDec.p.subarray(0, options.dSae * width), width);
  return norm;
}

/** The norm of all gradients; leaves those of the rows' squares in `rates` and `squares`. */
function gradientNorm({ kernels, parameters, options, floats }: SaeState): number {
  const { rates, squares } = floats;
  const { wEnc, wDec, bEnc, bDec, theta } = parameters;
  const width = widthOf(options);
  kernels.rowSquares(rates, wEnc.g, width);
  kernels.rowSquares(squares, wDec.g, width);
  let sum = kernels.squares(bEnc.g) + kernels.squares(bDec.g) + kernels.squares(theta.g);
  for (let feature = 0; feature < options.dSae; feature++) sum += rates[feature] + squares[feature];
  return Math.sqrt(sum);
}

/** The learning rate of each feature, its bias correction included; 0 where it has no gradient. */
function setRates({ parameters: { theta }, options, floats, updates }: SaeState, learningRate: number): void {
  const { rates, squares } = floats;
  for (let feature = 0; feature < options.dSae; feature++) {
    if (rates[feature] === 0 && squares[feature] === 0 && theta.g[feature] === 0) continue;
    updates[feature] = updates[feature] + 1;
    rates[feature] = learningRate * biasCorrection(updates[feature], SAE_ADAM);
  }
}

/** Adam on what is one number a feature. */
function updateScalars({ parameters, options, floats }: SaeState, { clip }: { readonly clip: number }): void {
  const { beta1, beta2, epsilon } = SAE_ADAM;
  for (const { p, g, m, v } of [parameters.bEnc, parameters.theta]) {
    for (let feature = 0; feature < options.dSae; feature++) {
      const rate = floats.rates[feature];
      if (rate === 0) continue;
      const gradient = clip * g[feature];
      m[feature] = beta1 * m[feature] + (1 - beta1) * gradient;
      v[feature] = beta2 * v[feature] + (1 - beta2) * gradient ** 2;
      p[feature] = p[feature] - (rate * m[feature]) / (Math.sqrt(v[feature]) + epsilon);
      g[feature] = 0;
    }
  }
}
