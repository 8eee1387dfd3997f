import type { Effects } from '../../effects.ts';
import { UserError } from '../../errors/user-error.ts';
import { seededRandom } from '../../numbers/seeded-random.ts';
import type { TrainingPoint } from '../../sae/formats/training-curve.ts';
import { learningRate, plannedSchedule } from '../schedule.ts';
import { shuffledIndices } from '../shuffle.ts';
import { steerLambda, warmedUp } from '../sparsity.ts';
import type { BlockStore } from './block-store.ts';
import { type Encoder, encodeBatch } from './encoder.ts';
import type { Entries } from './kernels.ts';
import { hasRecovered, isRevival, reviveFeatures } from './revive.ts';
import { TooManyActive } from './select.ts';
import { widthOf } from './shape.ts';
import { takeStep } from './step.ts';
import { deadFeatures, explainedVariance, type SaeTraining, smoothed } from './training.ts';

export interface TrainerOptions {
  readonly trainings: readonly SaeTraining[];
  readonly encoder: Encoder;
  readonly blocks: BlockStore;
  /** Tokens of a block, and how many different blocks there are. */
  readonly blockTokens: number;
  readonly blockCount: number;
  readonly batch: number;
  readonly steps: number;
  readonly lr: number;
  readonly warmupSteps: number;
  /** Steps without activity after which a feature is dead. */
  readonly deadAfter: number;
  readonly prefixes: readonly number[];
  readonly seed: number;
  /** Called between steps with the number done and the block that the last one read: training can be taken up there. */
  save(done: number, block: number, curve: readonly CurvePoint[]): Promise<void>;
}

/** One SAE's figures at a step of its training. */
export interface CurvePoint extends TrainingPoint {
  readonly layer: number;
  readonly targetL0: number;
}

/** Points of a training's curve. */
const CURVE_POINTS = 100;
const REPORTS = 20;

interface ReviveOptions extends Pick<TrainerOptions, 'seed' | 'deadAfter' | 'prefixes'> {
  readonly done: number;
  readonly entries: Entries;
}

/** Trains SAEs side by side on the same shuffled tokens, from `done` steps on; returns the curve. */
export async function trainSteps(
  options: TrainerOptions,
  effects: Effects,
  { done: first, curve: before }: { readonly done: number; readonly curve: readonly CurvePoint[] },
): Promise<CurvePoint[]> {
  const { trainings, batch, steps, save } = options;
  const progress = effects.progress('train', steps * batch, 'tokens', first * batch);
  const curve = [...before];
  let served: Served | undefined;
  for (let done = first; done < steps; ) {
    served = await servedAt(options, done, served);
    for (const training of trainings) await stepOf(options, training, served, done);
    done++;
    if (isMultiple(done, steps, CURVE_POINTS))
      for (const training of trainings) curve.push(pointOf(training, done, options));
    if (isMultiple(done, steps, REPORTS)) effects.log(reportOf(options, done));
    progress.update(done * batch);
    await save(done, served.block, curve);
  }
  progress.end();
  return curve;
}

/** Whether a step is one of `parts` evenly spread ones; the last is. */
const isMultiple = (done: number, steps: number, parts: number) =>
  Math.floor((done * parts) / steps) > Math.floor(((done - 1) * parts) / steps);

/** The block that a step reads, and the order in which its tokens are served. */
interface Served {
  readonly round: number;
  readonly block: number;
  readonly order: Int32Array;
}

type Plan = Pick<TrainerOptions, 'batch' | 'blockTokens' | 'blockCount'>;

const roundOf = ({ batch, blockTokens }: Plan, done: number): number => Math.floor((done * batch) / blockTokens);

/** The block that the step after `done` others reads. */
export const blockOf = (plan: Plan, done: number): number => roundOf(plan, done) % plan.blockCount;

async function servedAt(options: TrainerOptions, done: number, before?: Served): Promise<Served> {
  const round = roundOf(options, done);
  if (before?.round === round) return before;
  const order = shuffledIndices(options.blockTokens, seededRandom(options.seed, 0xb0f, round));
  return { round, block: blockOf(options, done), order };
}

async function stepOf(
  { encoder, blocks, blockTokens, batch, prefixes, trainings, ...options }: TrainerOptions,
  training: SaeTraining,
  { round, block, order }: Served,
  done: number,
): Promise<void> {
  const { state, kind, targetL0, lastActive } = training;
  const start = done * batch - round * blockTokens;
  const rows = await blocks.block(block);
  const first = trainings.find(({ index }) => index === training.index);
  if (first && first !== training) state.floats.x.set(first.state.floats.x);
  else rows.read(training.index, order.subarray(start, start + batch), state.floats.x, widthOf(state.options));
  await encodeBatch(encoder, state);
  const { lambda } = training.figures;
  const { entries, figures } = refusingTooMany(training, done, () =>
    takeStep(state, {
      kind,
      targetL0,
      lambda: warmedUp(lambda, done, options.warmupSteps),
      learningRate: learningRateAt(done, options),
      done,
      prefixes,
      dead: deadFeatures(lastActive, done, options.deadAfter),
    }),
  );
  entries.features.forEach((feature, entry) => {
    if (entries.values[entry] > 0) lastActive[feature] = done + 1;
  });
  const spread = state.kernels.squares(state.floats.x) / batch;
  refuseNonFinite(training, { ...figures, spread }, done);
  training.figures = smoothed(training.figures, { ...figures, spread }, done);
  if (isRevival(done + 1, options.steps) && hasRecovered(kind, training.figures))
    revive(training, { ...options, prefixes, done, entries });
  if (!kind.penalized || done < options.warmupSteps) return;
  const steered = steerLambda(training.figures.lambda, training.figures.l0, targetL0);
  training.figures = { ...training.figures, lambda: Math.fround(steered) };
}

type Rates = Pick<TrainerOptions, 'lr' | 'warmupSteps' | 'steps'>;

/** The learning rate of the step after `done` others. */
const learningRateAt = (done: number, { lr, warmupSteps, steps }: Rates): number =>
  learningRate(done, plannedSchedule(lr, warmupSteps, steps));

/** Places the features anew that were silent for long. */
function revive(
  { state, lastActive, index, targetL0 }: SaeTraining,
  { seed, deadAfter, prefixes, done, entries }: ReviveOptions,
): void {
  const silent = deadFeatures(lastActive, done + 1, deadAfter);
  const random = seededRandom(seed, 0x5eed, index, targetL0, done);
  for (const feature of reviveFeatures(state, { entries, silent, prefixes, random })) lastActive[feature] = done + 1;
}

const nameOf = ({ layer, targetL0 }: SaeTraining) => `layer ${layer} at l0 ${targetL0}`;

function refusingTooMany<T>(training: SaeTraining, done: number, step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof TooManyActive)) throw error;
    throw new UserError(
      `the training diverged: ${nameOf(training)} has ${error.message} at step ${done + 1}; a lower --lr may help`,
    );
  }
}

function refuseNonFinite(training: SaeTraining, figures: Readonly<Record<string, number>>, done: number): void {
  for (const [name, value] of Object.entries(figures)) {
    if (Number.isFinite(value)) continue;
    throw new UserError(
      `the training diverged: ${name} of ${nameOf(training)} is ${value} at step ${done + 1}; a lower --lr may help`,
    );
  }
}

function pointOf(
  { layer, targetL0, figures, lastActive }: SaeTraining,
  step: number,
  { deadAfter, batch, ...rates }: TrainerOptions,
): CurvePoint {
  const { error, l0, threshold } = figures;
  return {
    ...{ layer, targetL0, step, tokens: step * batch, learning_rate: learningRateAt(step - 1, rates) },
    ...{ loss: error, explained_variance: explainedVariance(figures), l0 },
    ...{ dead: deadFeatures(lastActive, step, deadAfter).length, threshold },
  };
}

function reportOf({ trainings, steps, deadAfter }: TrainerOptions, done: number): string {
  const each = (value: (training: SaeTraining) => string) => trainings.map(value).join(' ');
  return [
    `step ${done} of ${steps}`,
    `loss ${each(({ figures }) => figures.error.toFixed(1))}`,
    `l0 ${each(({ figures }) => figures.l0.toFixed(1))}`,
    `explained ${each(({ figures }) => explainedVariance(figures).toFixed(3))}`,
    `dead ${each(({ lastActive }) => String(deadFeatures(lastActive, done, deadAfter).length))}`,
    `threshold ${each(({ figures }) => figures.threshold.toFixed(2))}`,
  ].join('  ');
}
