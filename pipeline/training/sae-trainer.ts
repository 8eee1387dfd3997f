import { float32 } from '../core/tensor.ts';
import type { Effects } from '../effects.ts';
import type { Engine, Executable } from '../engine/program.ts';
import { biasCorrection } from './adam.ts';
import { seededRandom } from './random.ts';
import type { ActivationStream } from './sae-activations.ts';
import { ActivationBuffer } from './sae-buffer.ts';
import type { SaeCheckpoint } from './sae-checkpoint.ts';
import { explainedVariance, type LayerTraining, newLayer, takeStep } from './sae-layer.ts';
import { type Candidates, redirectedRows, revive } from './sae-resample.ts';
import { findStart, startProgram } from './sae-start.ts';
import { initialState, type SaeState, tensorOf, zeroState } from './sae-state.ts';
import {
  gainStep,
  SAE_ADAM,
  type SaeParameter,
  type SaeShape,
  saeErrors,
  saeParameters,
  saeStep,
  stateNames,
} from './sae-step.ts';
import { learningRate, plannedSchedule } from './schedule.ts';
import { steerLambda, warmedUp } from './sparsity.ts';

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

interface Programs {
  readonly step: Executable;
  readonly gain: Executable;
  readonly errors: Executable;
  readonly start: Executable;
}

interface Run {
  readonly options: SaeTrainerOptions;
  readonly buffer: ActivationBuffer;
  readonly trainings: readonly LayerTraining[];
  readonly programs: Programs;
  done: number;
}

/** Batches among which the inputs for revived features are drawn. */
const CANDIDATE_BATCHES = 4;
/** Features are revived in this first part of training, so that those revived last have time to settle. */
const RESAMPLING_PART = 0.7;

/** Trains one SAE a layer side by side, from the same shuffled tokens. Throws Error when one diverges. */
export async function trainLayers(options: SaeTrainerOptions, effects: Effects): Promise<readonly LayerTraining[]> {
  const run = await startRun(options);
  const progress = effects.progress('train', options.steps * options.batchTokens, 'tokens');
  const reportEvery = Math.max(1, Math.floor(options.steps / 20));
  while (run.done < options.steps) {
    if (run.buffer.exhausted) {
      await options.save(() => checkpointOf(run));
      await fill(
        run.buffer,
        options.stream,
        run.trainings.map(({ figures }) => figures.scale),
      );
    }
    await stepAll(run);
    if (run.done % options.resampleEvery === 0) await reviveDead(run, effects);
    if (run.done % reportEvery === 0) effects.log(reportLine(run));
    progress.update(run.done * options.batchTokens);
  }
  progress.end();
  await Promise.all(Object.values(run.programs).map((program) => program.dispose()));
  return run.trainings;
}

async function startRun(options: SaeTrainerOptions): Promise<Run> {
  const { engine, shape, layers, batchTokens, bufferTokens, seed, resume } = options;
  const buffer = new ActivationBuffer({ layers: layers.length, dIn: shape.dIn, capacity: bufferTokens, seed });
  const programs = {
    step: await engine.compile(saeStep(shape, batchTokens)),
    gain: await engine.compile(gainStep(shape, batchTokens)),
    errors: await engine.compile(saeErrors(shape, batchTokens)),
    start: await engine.compile(startProgram(shape, batchTokens)),
  };
  if (!resume) return { options, buffer, programs, trainings: await startLayers(options, buffer, programs), done: 0 };
  buffer.restore(
    resume.layers.map(({ unserved }) => unserved),
    resume.fills,
  );
  const trainings = resume.layers.map(({ layer, state, figures, lastActive }): LayerTraining => {
    return { layer, current: state, spare: zeroState(shape), figures, lastActive };
  });
  return { options, buffer, programs, trainings, done: resume.step };
}

/** Fills the buffer, scales z to a mean norm of √dIn, and starts each SAE on the scaled z. */
async function startLayers(
  options: SaeTrainerOptions,
  buffer: ActivationBuffer,
  { start: program }: Programs,
): Promise<LayerTraining[]> {
  const { layers, shape, l1, seed, stream, batchTokens } = options;
  await fill(
    buffer,
    stream,
    layers.map(() => 1),
  );
  const trainings: LayerTraining[] = [];
  for (const [i, layer] of layers.entries()) {
    const x = buffer.rows(i);
    const scale = Math.fround(Math.sqrt(shape.dIn) / meanNorm(x, shape.dIn));
    scaleInPlace(x, scale);
    const start = await findStart({ program, shape, x, sample: batchTokens, random: seededRandom(seed, layer) });
    const state = initialState(shape, start);
    trainings.push(newLayer({ layer, shape, state, scale, lambda: l1[i] ?? 1 }));
  }
  return trainings;
}

async function fill(buffer: ActivationBuffer, stream: ActivationStream, scales: readonly number[]): Promise<void> {
  do {
    const activations = await stream.next();
    for (const [i, rows] of activations.entries()) scaleInPlace(rows, scales[i] ?? 1);
    buffer.put(activations);
  } while (buffer.exhausted || buffer.fills === 0);
}

function scaleInPlace(values: Float32Array, scale: number): void {
  if (scale !== 1) for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) * scale;
}

function meanNorm(rows: Float32Array, dIn: number): number {
  let [sum, square] = [0, 0];
  for (let i = 0; i < rows.length; i++) {
    square += (rows[i] ?? 0) ** 2;
    if (i % dIn < dIn - 1) continue;
    sum += Math.sqrt(square);
    square = 0;
  }
  return (sum * dIn) / rows.length;
}

async function stepAll(run: Run): Promise<void> {
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
    lambda: warmedUp(figures.lambda, done, warmup),
    rate: rate * biasCorrection(done + 1, SAE_ADAM),
  };
  await takeStep(training, { step: programs.step, takes: parameterState, gives: parameterState, x, scalars, done });
  if (targetL0 === undefined || done < warmup) return;
  figures.lambda = Math.fround(steerLambda(figures.lambda, figures.l0, targetL0));
}

/** Gains are numbers near 1 and may move faster than weights. */
const GAIN_SPEED = 10;

async function stepOfGains({ options, programs, done }: Run, training: LayerTraining, x: Float32Array): Promise<void> {
  const since = done - (options.steps - options.gainSteps);
  const rate = learningRate(since, plannedSchedule(options.lr, 1, options.gainSteps));
  const scalars = { rate, gainRate: GAIN_SPEED * rate * biasCorrection(since + 1, SAE_ADAM) };
  const takes = [...saeParameters, ...gainState.filter((name) => name !== 'wDec')];
  await takeStep(training, { step: programs.gain, takes, gives: gainState, x, scalars, done });
}

async function reviveDead(run: Run, effects: Effects): Promise<void> {
  const { options, trainings, done } = run;
  if (done > (options.steps - options.gainSteps) * RESAMPLING_PART) return;
  const revived: number[] = [];
  for (const [i, training] of trainings.entries()) {
    const dead = deadFeatures(training, run);
    revived.push(dead.length);
    if (dead.length === 0) continue;
    await reviveFeatures(run, i, dead);
  }
  effects.log(`step ${done}: revived ${revived.join(', ')} dead features`);
}

/** Features that were not active for as many steps as lie between two resamplings. */
function deadFeatures({ lastActive }: LayerTraining, { options, done }: Pick<Run, 'options' | 'done'>): number[] {
  return Array.from(lastActive.keys()).filter((feature) => done - (lastActive[feature] ?? 0) >= options.resampleEvery);
}

async function reviveFeatures(run: Run, index: number, dead: readonly number[]): Promise<void> {
  const { options, trainings, programs, done } = run;
  const { shape, batchTokens, seed } = options;
  const training = trainings[index];
  if (!training) throw new RangeError(`no layer ${index} in training`);
  const state = training.current;
  const candidates = await drawCandidates(run, index, state);
  const rows = redirectedRows(state, dead, candidates, seededRandom(seed, 0xdead, done, training.layer));
  const { thresholds } = await programs.start.run({
    x: float32([batchTokens, shape.dIn], candidates.x.slice(0, batchTokens * shape.dIn)),
    centre: tensorOf(state, 'bDec'),
    rows: float32([shape.dSae, shape.dIn], rows),
  });
  revive(state, dead, { rows, thresholds: thresholds?.data ?? [] });
  for (const feature of dead) training.lastActive[feature] = done;
}

/** Upcoming tokens of a layer and their errors. */
async function drawCandidates({ options, buffer, programs }: Run, index: number, state: SaeState): Promise<Candidates> {
  const { shape, batchTokens } = options;
  const batches = Math.max(1, Math.min(CANDIDATE_BATCHES, Math.floor(buffer.remaining / batchTokens)));
  const x = new Float32Array(batches * batchTokens * shape.dIn);
  const errors = new Float32Array(batches * batchTokens);
  const parameters = Object.fromEntries(saeParameters.map((name) => [name, tensorOf(state, name)]));
  for (let batch = 0; batch < batches; batch++) {
    const part = x.subarray(batch * batchTokens * shape.dIn, (batch + 1) * batchTokens * shape.dIn);
    buffer.peek(index, part, batch * batchTokens);
    const rows = { shape: [batchTokens, shape.dIn], dtype: 'float32' as const, data: part };
    const outputs = await programs.errors.run({ x: rows, ...parameters });
    errors.set(outputs.errors?.data ?? [], batch * batchTokens);
  }
  return { x, errors };
}

function checkpointOf({ options, buffer, trainings, done }: Run): SaeCheckpoint {
  const unserved = buffer.unserved();
  const layers = trainings.map(({ layer, current, figures, lastActive }, i) => {
    return { layer, state: current, figures, lastActive, unserved: unserved[i] ?? new Float32Array(0) };
  });
  return { step: done, position: options.stream.position, fills: buffer.fills, layers };
}

function reportLine({ options, trainings, done }: Run): string {
  const each = (value: (training: LayerTraining) => string) => trainings.map(value).join(' ');
  return [
    `step ${done} of ${options.steps}`,
    `loss ${each(({ figures }) => (figures.error + figures.lambda * figures.l1).toFixed(1))}`,
    `l0 ${each(({ figures }) => figures.l0.toFixed(1))}`,
    `explained ${each(({ figures }) => explainedVariance(figures).toFixed(3))}`,
    `dead ${each((training) => String(deadFeatures(training, { options, done }).length))}`,
    `λ ${each(({ figures }) => figures.lambda.toPrecision(3))}`,
  ].join('  ');
}
