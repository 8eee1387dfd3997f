import type { Kind } from './kinds.ts';
import type { SaeState } from './state.ts';
import type { StepFigures } from './step.ts';

/** One SAE of a training. */
interface SaeName {
  readonly layer: number;
  readonly targetL0: number;
}

/** Running means over the steps, and the penalty that is steered by them. */
export interface RunningFigures extends StepFigures {
  /** ‖x‖², x being centred */
  readonly spread: number;
  /** The least that the running mean of the error has been. */
  readonly leastError: number;
  readonly lambda: number;
}

/** One SAE in training. */
export interface SaeTraining extends SaeName {
  /** Its place in the blocks of activations. */
  readonly index: number;
  readonly kind: Kind;
  readonly state: SaeState;
  figures: RunningFigures;
  /** The step, counted from 1, in which each feature was last active [dSae]. */
  readonly lastActive: Float64Array;
}

/** Weight of a step in the running means. */
const SMOOTHING = 0.05;

/** The running means with another step's figures; `done` steps went before. */
export function smoothed(
  figures: RunningFigures,
  step: Omit<RunningFigures, 'lambda' | 'leastError'>,
  done: number,
): RunningFigures {
  const weight = Math.max(SMOOTHING, 1 / (done + 1));
  const mean = (before: number, now: number) => before + weight * (now - before);
  const error = mean(figures.error, step.error);
  return {
    lambda: figures.lambda,
    error,
    leastError: done === 0 ? error : Math.min(figures.leastError, error),
    spread: mean(figures.spread, step.spread),
    l0: mean(figures.l0, step.l0),
    threshold: mean(figures.threshold, step.threshold),
    gradient: mean(figures.gradient, step.gradient),
  };
}

/** 1 − Σ‖x − x̂‖²/Σ‖x − x̄‖² of recent steps. */
export const explainedVariance = ({ error, spread }: RunningFigures): number => 1 - error / spread;

/** Features that were not active for `window` steps. */
export function deadFeatures(lastActive: Float64Array, done: number, window: number): Int32Array {
  const dead: number[] = [];
  for (let feature = 0; feature < lastActive.length; feature++) {
    if (done - lastActive[feature] >= window) dead.push(feature);
  }
  return Int32Array.from(dead);
}
