import { biasCorrection } from './adam.ts';
import { type LayerStep, type LayerTraining, takeStep } from './sae-layer.ts';
import type { Run } from './sae-run.ts';
import { SAE_ADAM, type SaeParameter, saeParameters, stateNames } from './sae-step.ts';
import { scalarTensor } from './scalar-tensor.ts';
import { learningRate, plannedSchedule } from './schedule.ts';
import { steerLambda, warmedUp } from './sparsity.ts';

/** One step of every layer on the buffer's next batch: against L1 first, of the gains in the last part. */
export async function stepAll(run: Run): Promise<void> {
  const { options, buffer, trainings } = run;
  const x = new Float32Array(options.batchTokens * options.shape.dIn);
  const step = run.done < options.steps - options.gainSteps ? stepAgainstL1 : stepOfGains;
  for (const [i, training] of trainings.entries()) {
    buffer.peek(i, x);
    await step(run, training, x);
  }
  buffer.advance(options.batchTokens);
  run.done++;
}

const stateOf = (names: readonly (SaeParameter | 'gain')[]) => names.flatMap((name) => Object.values(stateNames(name)));
const parameterState = stateOf(saeParameters);
const gainState = stateOf(['wDec', 'gain']);

async function stepAgainstL1(
  { options, programs, done }: Run,
  training: LayerTraining,
  x: Float32Array,
): Promise<void> {
  const { lr, steps, gainSteps, targetL0 } = options;
  const warmup = Math.max(1, options.warmupSteps);
  const { figures } = training;
  const rate = learningRate(done, plannedSchedule(lr, warmup, steps - gainSteps));
  const scalars = {
    lambda: scalarTensor(warmedUp(figures.lambda, done, warmup)),
    rate: scalarTensor(rate * biasCorrection(done + 1, SAE_ADAM)),
  };
  const step: LayerStep['step'] = (given, into) => programs.step({ ...given, ...scalars }, into);
  await takeStep(training, { step, takes: parameterState, gives: parameterState, x, done });
  if (targetL0 === undefined || done < warmup) return;
  figures.lambda = Math.fround(steerLambda(figures.lambda, figures.l0, targetL0));
}

/** Gains are numbers near 1 and may move faster than weights. */
const GAIN_SPEED = 10;

async function stepOfGains({ options, programs, done }: Run, training: LayerTraining, x: Float32Array): Promise<void> {
  const since = done - (options.steps - options.gainSteps);
  const rate = learningRate(since, plannedSchedule(options.lr, 1, options.gainSteps));
  const gainRate = GAIN_SPEED * rate * biasCorrection(since + 1, SAE_ADAM);
  const scalars = { rate: scalarTensor(rate), gainRate: scalarTensor(gainRate) };
  const step: LayerStep['step'] = (given, into) => programs.gain({ ...given, ...scalars }, into);
  const takes = [...saeParameters, ...gainState.filter((name) => name !== 'wDec')];
  await takeStep(training, { step, takes, gives: gainState, x, done });
}
