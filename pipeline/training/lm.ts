import { removePath } from '../disk/disk.ts';
import type { Effects } from '../effects.ts';
import type { CompiledBy, Engine } from '../engine/program.ts';
import { UserError } from '../errors/user-error.ts';
import { pathKind } from '../files/files.ts';
import type { CurvePoint } from '../measures/studies/training/curve-file.ts';
import type { ModelConfig } from '../model/model.ts';
import type { FloatTensor, IntTensor } from '../numbers/tensor.ts';
import { biasCorrection } from './adam.ts';
import { unlessDamaged } from './checkpoint-files.ts';
import type { Stage } from './curriculum.ts';
import { type LmProgress, readLmCheckpoint, writeLmCheckpoint } from './lm-checkpoint.ts';
import { curveLine, nothingMeasured } from './lm-curve.ts';
import type { LmProbe } from './lm-probe.ts';
import { initialState, type LmState, weightsOf, zeroState } from './lm-state.ts';
import { ADAM, lmStep } from './lm-step.ts';
import { scalarTensor } from './scalar-tensor.ts';
import { decayingFrom, lastStep, learningRate, plannedSchedule } from './schedule.ts';

type LmWeights = Record<string, FloatTensor>;

/** What a model is trained on, stage by stage. */
export interface Course {
  readonly first: Stage;
  /** The batch of a step: [rows, length]; a pure function of both. */
  batch(step: number, stage: Stage): IntTensor;
  /** The stage to go on with, asked every `examineEvery` steps. */
  examine?(stage: Stage, step: number, weights: LmWeights): Promise<Stage>;
}

export interface LmOptions {
  readonly config: ModelConfig;
  readonly engine: Engine;
  readonly course: Course;
  /** Measures the weights now and then. */
  readonly probe?: LmProbe;
  /** Path of the checkpoint's files, without their endings. */
  readonly checkpoint: string;
  /** A file whose appearance starts the fall of the learning rate. */
  readonly stopFile?: string;
  readonly seed: number;
  readonly steps: number;
  readonly peakRate: number;
  readonly warmupSteps: number;
  readonly weightDecay: number;
  /** Time after which the fall of the learning rate starts, whatever the planned steps. */
  readonly minutes?: number | undefined;
  readonly examineEvery: number;
  readonly probeEvery: number;
  readonly checkpointMinutes: number;
}

interface Run {
  current: LmState;
  spare: LmState;
  progress: LmProgress;
}

export interface Trained {
  readonly weights: LmWeights;
  readonly curve: readonly CurvePoint[];
}

/**
 * Trains a language model from its checkpoint, or from new weights, to the end of its schedule.
 * The bytes depend on the options and not on where it was interrupted.
 */
export async function trainLm(options: LmOptions, effects: Effects): Promise<Trained> {
  const run = await startRun(options, effects);
  await runSteps({ options, effects, run });
  await writeLmCheckpoint(options.checkpoint, run.current, run.progress);
  return { weights: weightsOf(options.config, run.current), curve: run.progress.curve };
}

interface Loop {
  readonly options: LmOptions;
  readonly effects: Effects;
  readonly run: Run;
}

async function startRun(options: LmOptions, effects: Effects): Promise<Run> {
  const schedule = plannedSchedule(options.peakRate, options.warmupSteps, options.steps);
  const spare = zeroState(options.config);
  const saved = await unlessDamaged(effects, () => readLmCheckpoint(options.checkpoint, options.config));
  if (!saved) {
    const progress = { step: 0, tokens: 0, loss: null, stage: options.course.first, schedule, curve: [] };
    return { current: initialState(options.config, options.seed), spare, progress };
  }
  const { state, progress } = saved;
  effects.log(`resuming at step ${progress.step} from ${options.checkpoint}`);
  const isFalling = progress.step >= progress.schedule.decayFrom;
  return { current: state, spare, progress: isFalling ? progress : { ...progress, schedule } };
}

async function runSteps(loop: Loop): Promise<void> {
  const { options, effects, run } = loop;
  const begun = effects.now();
  let saved = begun;
  let step: CompiledStep | undefined;
  while (run.progress.step < lastStep(run.progress.schedule)) {
    const batch = options.course.batch(run.progress.step, run.progress.stage);
    step = await compiledFor(loop, batch, step);
    await takeStep(loop, batch, step.run);
    if (await mustFall(options, effects.now() - begun)) startFall(run);
    await examine(loop);
    await probe(loop);
    if (effects.now() - saved > options.checkpointMinutes * 60_000) {
      await writeLmCheckpoint(options.checkpoint, run.current, run.progress);
      saved = effects.now();
    }
  }
  await step?.run.dispose();
}

interface CompiledStep {
  readonly shape: string;
  readonly run: CompiledBy<typeof lmStep>;
}

/** The step for a batch's shape, which a new stage may change. */
async function compiledFor({ options }: Loop, { shape }: IntTensor, last?: CompiledStep): Promise<CompiledStep> {
  if (last?.shape === String(shape)) return last;
  await last?.run.dispose();
  const [rows = 1, length = 1] = shape;
  return { shape: String(shape), run: await options.engine.compile(lmStep(options.config, rows, length)) };
}

const SMOOTHING = 0.98;

/** One update; the state it returns was written into the spare buffers, which then change places with the old ones. */
async function takeStep({ options, run }: Loop, batch: IntTensor, step: CompiledBy<typeof lmStep>): Promise<void> {
  const { progress } = run;
  const learning = learningRate(progress.step, progress.schedule);
  const inputs = {
    state: run.current,
    rows: batch,
    rate: scalarTensor(learning * biasCorrection(progress.step + 1, ADAM)),
    shrink: scalarTensor(learning * options.weightDecay),
  };
  const outputs = await step(inputs, { next: run.spare });
  [run.current, run.spare] = [run.spare, run.current];
  const value = outputs.loss.data[0];
  const done = progress.step + 1;
  if (!Number.isFinite(value)) throw new UserError(`the training diverged: the loss is ${value} at step ${done}`);
  const loss = progress.loss === null ? value : SMOOTHING * progress.loss + (1 - SMOOTHING) * value;
  run.progress = { ...progress, step: done, tokens: progress.tokens + batch.data.length, loss };
}

async function mustFall({ minutes, stopFile }: LmOptions, elapsedMs: number): Promise<boolean> {
  if (minutes !== undefined && elapsedMs >= minutes * 60_000) return true;
  if (stopFile === undefined || (await pathKind(stopFile)) === 'missing') return false;
  await removePath(stopFile);
  return true;
}

function startFall(run: Run): void {
  const { schedule, step } = run.progress;
  run.progress = { ...run.progress, schedule: decayingFrom(schedule, step) };
}

async function examine({ options, effects, run }: Loop): Promise<void> {
  const { step, tokens, stage } = run.progress;
  if (step % options.examineEvery !== 0 || !options.course.examine) return;
  const next = await options.course.examine(stage, step, weightsOf(options.config, run.current));
  if (next.pool !== stage.pool) {
    effects.log(`step ${step}, ${tokens} tokens: pool ${next.pool}, up to ${next.longest}, context ${next.context}`);
  }
  // The old loss is of another task.
  run.progress = { ...run.progress, stage: next, loss: next.pool === stage.pool ? run.progress.loss : null };
}

async function probe({ options, effects, run }: Loop): Promise<void> {
  const { step, tokens, stage, schedule, loss, curve } = run.progress;
  if (step % options.probeEvery !== 0 && step !== lastStep(schedule)) return;
  const measured = (await options.probe?.(weightsOf(options.config, run.current))) ?? nothingMeasured;
  const { pool, context } = stage;
  const point = { step, tokens, learning_rate: learningRate(step, schedule), loss, pool, context, ...measured };
  run.progress = { ...run.progress, curve: [...curve, point] };
  effects.log(curveLine(point));
}
