import { removePath } from '../disk/disk.ts';
import type { Effects } from '../effects.ts';
import type { Engine, Executable } from '../engine/program.ts';
import { UserError } from '../errors/user-error.ts';
import { pathKind } from '../files/files.ts';
import type { ModelConfig } from '../model/model.ts';
import type { FloatTensor, IntTensor } from '../numbers/tensor.ts';
import { biasCorrection } from './adam.ts';
import { unlessDamaged } from './checkpoint-files.ts';
import { readLmCheckpoint, writeLmCheckpoint } from './lm-checkpoint.ts';
import type { LmProbe } from './lm-probe.ts';
import { initialState, type LmState, weightsOf, zeroState } from './lm-state.ts';
import { ADAM, lmStep } from './lm-step.ts';
import { scalarTensor } from './scalar-tensor.ts';
import { decayingFrom, lastStep, learningRate, plannedSchedule, type Schedule } from './schedule.ts';

export interface LmOptions {
  readonly config: ModelConfig;
  readonly engine: Engine;
  /** Changes the initial weights in place, before the first step. */
  readonly prior?: (weights: Record<string, FloatTensor>) => void;
  /** The batch of a step: [rows, length]; a pure function of the step. */
  batch(step: number): IntTensor;
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
  readonly minutes?: number;
  readonly probeEvery: number;
  readonly checkpointMinutes: number;
}

interface Run {
  current: LmState;
  spare: LmState;
  step: number;
  schedule: Schedule;
}

/**
 * Trains a language model from its checkpoint, or from new weights, to the end of its schedule.
 * Returns the weights. The bytes depend on the options and not on where it was interrupted.
 */
export async function trainLm(options: LmOptions, effects: Effects): Promise<Record<string, FloatTensor>> {
  const run = await startRun(options, effects);
  const [rows = 1, length = 1] = options.batch(0).shape;
  const step = await options.engine.compile(lmStep(options.config, rows, length));
  const loop = { options, effects, run, step, tokensPerStep: rows * length };
  await runSteps(loop);
  await step.dispose();
  await writeLmCheckpoint(options.checkpoint, run.current, run.step, run.schedule);
  return weightsOf(options.config, run.current);
}

interface Loop {
  readonly options: LmOptions;
  readonly effects: Effects;
  readonly run: Run;
  readonly step: Executable;
  readonly tokensPerStep: number;
}

async function startRun(options: LmOptions, effects: Effects): Promise<Run> {
  const planned = plannedSchedule(options.peakRate, options.warmupSteps, options.steps);
  const spare = zeroState(options.config);
  const saved = await unlessDamaged(effects, () => readLmCheckpoint(options.checkpoint, options.config));
  if (!saved) {
    const current = initialState(options.config, options.seed);
    options.prior?.(weightsOf(options.config, current));
    return { current, spare, step: 0, schedule: planned };
  }
  effects.log(`resuming at step ${saved.step} from ${options.checkpoint}`);
  const falling = saved.step >= saved.decayFrom;
  const schedule = falling ? { ...planned, decayFrom: saved.decayFrom, decay: saved.decay } : planned;
  return { current: saved.state, spare, step: saved.step, schedule };
}

async function runSteps(loop: Loop): Promise<void> {
  const { options, effects, run } = loop;
  const begun = effects.now();
  let saved = begun;
  let reported = { at: begun, step: run.step };
  let smoothed: number | undefined;
  while (run.step < lastStep(run.schedule)) {
    const loss = await takeStep(loop);
    smoothed = smoothed === undefined ? loss : 0.98 * smoothed + 0.02 * loss;
    if (await mustFall(options, effects.now() - begun)) run.schedule = decayingFrom(run.schedule, run.step);
    if (run.step % options.probeEvery === 0) {
      const rate = ((run.step - reported.step) * loop.tokensPerStep * 1000) / (effects.now() - reported.at);
      const probed = options.probe ? await options.probe(weightsOf(options.config, run.current)) : '';
      effects.log(progressLine(run, smoothed, rate, probed));
      reported = { at: effects.now(), step: run.step };
    }
    if (effects.now() - saved > options.checkpointMinutes * 60_000) {
      await writeLmCheckpoint(options.checkpoint, run.current, run.step, run.schedule);
      saved = effects.now();
    }
  }
}

/** One update; the state it returns was written into the spare buffers, which then change places with the old ones. */
async function takeStep({ options, run, step }: Loop): Promise<number> {
  const learning = learningRate(run.step, run.schedule);
  const inputs = {
    ...run.current,
    rows: options.batch(run.step),
    rate: scalarTensor(learning * biasCorrection(run.step + 1, ADAM)),
    shrink: scalarTensor(learning * options.weightDecay),
  };
  const into = Object.fromEntries(Object.entries(run.spare).map(([name, tensor]) => [`next/${name}`, tensor]));
  const { loss } = await step.run(inputs, into);
  [run.current, run.spare] = [run.spare, run.current];
  run.step++;
  const value = loss?.data[0] ?? Number.NaN;
  if (!Number.isFinite(value)) throw new UserError(`the training diverged: the loss is ${value} at step ${run.step}`);
  return value;
}

async function mustFall({ minutes, stopFile }: LmOptions, elapsedMs: number): Promise<boolean> {
  if (minutes !== undefined && elapsedMs >= minutes * 60_000) return true;
  if (stopFile === undefined || (await pathKind(stopFile)) === 'missing') return false;
  await removePath(stopFile);
  return true;
}

function progressLine(run: Run, loss: number, tokensPerSecond: number, probed: string): string {
  const learning = learningRate(run.step, run.schedule).toExponential(2);
  const speed = `${Math.round(tokensPerSecond)} tokens/s`;
  return `step ${run.step} of ${lastStep(run.schedule)}  loss ${loss.toFixed(4)}  rate ${learning}  ${speed}  ${probed}`;
}
