import { float32 } from '../core/tensor.ts';
import type { Executable } from '../engine/program.ts';
import { biasCorrection } from './adam.ts';
import { type SaeState, zeroState } from './sae-state.ts';
import { SAE_ADAM, type SaeShape } from './sae-step.ts';

/** One layer's SAE in training. Its numbers are kept in float32, so that a checkpoint holds them exactly. */
export interface LayerTraining {
  readonly layer: number;
  current: SaeState;
  /** What the next step writes into; then the two change places. */
  spare: SaeState;
  readonly figures: LayerFigures;
  /** The step, counted from 1, in which each feature was last active or revived [dSae]. */
  readonly lastActive: Float32Array;
}

export interface LayerFigures {
  /** What z is multiplied by, so that its mean norm is √dIn. */
  scale: number;
  /** Full λ, the warm-up left out. */
  lambda: number;
  /** Running means over steps: L0, ‖x − ẑ‖², ‖x − x̄‖² and ‖f‖₁ of a token. */
  l0: number;
  error: number;
  spread: number;
  l1: number;
}

export const figureNames = ['scale', 'lambda', 'l0', 'error', 'spread', 'l1'] as const satisfies (keyof LayerFigures)[];

export interface NewLayer {
  readonly layer: number;
  readonly shape: SaeShape;
  readonly state: SaeState;
  readonly scale: number;
  readonly lambda: number;
}

export function newLayer({ layer, shape, state, scale, lambda }: NewLayer): LayerTraining {
  const figures = { scale: Math.fround(scale), lambda: Math.fround(lambda), l0: 0, error: 0, spread: 0, l1: 0 };
  return { layer, current: state, spare: zeroState(shape), figures, lastActive: new Float32Array(shape.dSae) };
}

export interface LayerStep {
  readonly step: Executable;
  /** [token, dIn], scaled */
  readonly x: Float32Array;
  /** λ and the learning rate of this step. */
  readonly lambda: number;
  readonly rate: number;
  /** Steps done before this one. */
  readonly done: number;
}

/** Weight of a step in the running means. */
const SMOOTHING = 0.05;

/** One update of one layer's SAE. Throws Error when it diverged. */
export async function takeStep(training: LayerTraining, { step, x, lambda, rate, done }: LayerStep): Promise<void> {
  const { current, spare, figures, lastActive } = training;
  const dIn = current.bDec?.data.length ?? 1;
  const tokens = x.length / dIn;
  const scalar = (value: number) => float32([], Float32Array.of(value));
  const inputs = {
    ...current,
    x: { shape: [tokens, dIn], dtype: 'float32' as const, data: x },
    lambda: scalar(lambda),
    rate: scalar(rate * biasCorrection(done + 1, SAE_ADAM)),
  };
  const into = Object.fromEntries(Object.entries(spare).map(([name, tensor]) => [`next/${name}`, tensor]));
  const outputs = await step.run(inputs, into);
  [training.current, training.spare] = [spare, current];
  let active = 0;
  outputs.active?.data.forEach((count, feature) => {
    if (count > 0) lastActive[feature] = done + 1;
    active += count;
  });
  const measured = {
    error: outputs.error?.data[0],
    spread: outputs.spread?.data[0],
    l1: outputs.l1?.data[0],
    l0: active / tokens,
  };
  for (const [name, value] of Object.entries(measured)) {
    if (value === undefined || !Number.isFinite(value)) {
      throw new Error(`the ${name} of layer ${training.layer} is ${value} at step ${done + 1}`);
    }
  }
  const smooth = (name: 'error' | 'spread' | 'l1' | 'l0') => {
    const weight = Math.max(SMOOTHING, 1 / (done + 1));
    figures[name] = Math.fround(figures[name] + weight * ((measured[name] ?? 0) - figures[name]));
  };
  smooth('error');
  smooth('spread');
  smooth('l1');
  smooth('l0');
}

/** 1 − Σ‖x − ẑ‖²/Σ‖x − x̄‖² of recent steps. */
export const explainedVariance = ({ error, spread }: LayerFigures): number => 1 - error / spread;
