import type { OutputsOf } from '../engine/program.ts';
import { UserError } from '../errors/user-error.ts';
import { type FloatTensor, float32 } from '../numbers/tensor.ts';
import { type SaeState, tensorOf, zeroState } from './sae-state.ts';
import type { SaeShape, saeStep } from './sae-step.ts';

/** One layer's SAE in training. */
export interface LayerTraining {
  readonly layer: number;
  current: SaeState;
  /** What the next step writes into; then the two change places. */
  spare: SaeState;
  readonly figures: LayerFigures;
  /** The step, counted from 1, in which each feature was last active or revived [dSae]. */
  readonly lastActive: Float64Array;
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

export interface NewLayer {
  readonly layer: number;
  readonly shape: SaeShape;
  readonly state: SaeState;
  readonly scale: number;
  readonly lambda: number;
}

export function newLayer({ layer, shape, state, scale, lambda }: NewLayer): LayerTraining {
  const figures = { scale: Math.fround(scale), lambda: Math.fround(lambda), l0: 0, error: 0, spread: 0, l1: 0 };
  return { layer, current: state, spare: zeroState(shape), figures, lastActive: new Float64Array(shape.dSae) };
}

type StepOutputs = OutputsOf<typeof saeStep>;

export interface LayerStep {
  /** Runs the step on a batch from a state; its next state is written into the room given. */
  step(given: { x: FloatTensor; state: SaeState }, into: { next: SaeState }): Promise<StepOutputs>;
  /** The state's tensors that the step takes, and those that it gives anew. */
  readonly takes: readonly string[];
  readonly gives: readonly string[];
  /** [token, dIn], scaled */
  readonly x: Float32Array;
  /** Steps done before this one. */
  readonly done: number;
}

/** Weight of a step in the running means. */
const SMOOTHING = 0.05;

/** One update of one layer's SAE. Throws UserError when it diverged. */
export async function takeStep(training: LayerTraining, layerStep: LayerStep): Promise<void> {
  const { figures, lastActive } = training;
  const { takes, gives, x, done } = layerStep;
  const dIn = tensorOf(training.current, 'bDec').data.length;
  const tokens = x.length / dIn;
  const picked = (state: SaeState, names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, tensorOf(state, name)]));
  const given = { x: float32([tokens, dIn], x), state: picked(training.current, takes) };
  const outputs = await layerStep.step(given, { next: picked(training.spare, gives) });
  const [written, read] = [picked(training.spare, gives), picked(training.current, gives)];
  training.current = { ...training.current, ...written };
  training.spare = { ...training.spare, ...read };
  let active = 0;
  outputs.active.data.forEach((count, feature) => {
    if (count > 0) lastActive[feature] = done + 1;
    active += count;
  });
  const measured = {
    error: outputs.error.data[0],
    spread: outputs.spread.data[0],
    l1: outputs.l1.data[0],
    l0: active / tokens,
  };
  for (const [name, value] of Object.entries(measured)) {
    if (!Number.isFinite(value)) {
      throw new UserError(
        `the training diverged: ${name} of layer ${training.layer} is ${value} at step ${done + 1}; a lower --lr may help`,
      );
    }
  }
  const smooth = (name: 'error' | 'spread' | 'l1' | 'l0') => {
    const weight = Math.max(SMOOTHING, 1 / (done + 1));
    figures[name] = Math.fround(figures[name] + weight * (measured[name] - figures[name]));
  };
  smooth('error');
  smooth('spread');
  smooth('l1');
  smooth('l0');
}

/** 1 − Σ‖x − ẑ‖²/Σ‖x − x̄‖² of recent steps. */
export const explainedVariance = ({ error, spread }: LayerFigures): number => 1 - error / spread;
