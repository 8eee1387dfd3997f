import type { CompiledBy, Engine } from '../engine/program.ts';
import type { ActivationStream } from './sae-activations.ts';
import type { ActivationBuffer } from './sae-buffer.ts';
import type { SaeCheckpoint } from './sae-checkpoint.ts';
import type { LayerTraining } from './sae-layer.ts';
import type { startProgram } from './sae-start.ts';
import type { gainStep, SaeShape, saeErrors, saeStep } from './sae-step.ts';

export interface SaeTrainerOptions {
  readonly engine: Engine;
  readonly shape: SaeShape;
  readonly layers: readonly number[];
  /** λ by layer, in the order of `layers`; where `targetL0` is given, what it starts from. */
  readonly l1: readonly number[];
  readonly targetL0?: number | undefined;
  readonly batchTokens: number;
  readonly steps: number;
  /** Of these the last so many only adjust the features' gains and the decoder (see gainStep). */
  readonly gainSteps: number;
  readonly lr: number;
  readonly warmupSteps: number;
  readonly resampleEvery: number;
  readonly seed: number;
  readonly bufferTokens: number;
  readonly stream: ActivationStream;
  readonly resume?: SaeCheckpoint | undefined;
  /** Called between steps, where training can be taken up again. */
  save(checkpoint: () => SaeCheckpoint): Promise<void>;
}

/** The compiled parts of training. */
export interface Programs {
  readonly step: CompiledBy<typeof saeStep>;
  readonly gain: CompiledBy<typeof gainStep>;
  readonly errors: CompiledBy<typeof saeErrors>;
  readonly start: CompiledBy<typeof startProgram>;
}

/** A training under way. */
export interface Run {
  readonly options: SaeTrainerOptions;
  readonly buffer: ActivationBuffer;
  readonly trainings: readonly LayerTraining[];
  readonly programs: Programs;
  done: number;
}
