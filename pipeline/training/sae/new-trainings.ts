import { UserError } from '../../errors/user-error.ts';
import { greatest } from '../../numbers/extremes.ts';
import { seededRandom } from '../../numbers/seeded-random.ts';
import { mostArenaBytes } from './arena.ts';
import { auxFeatures } from './auxiliary.ts';
import type { Encoder } from './encoder.ts';
import { prefixesOf, shapeOf, type TrainJob } from './job.ts';
import { kinds } from './kinds.ts';
import { type Normalizer, normalizerOf } from './normalizer.ts';
import { widthOf } from './shape.ts';
import { trainingStream } from './source.ts';
import { startingLambda, startState } from './start.ts';
import { createState, type StateOptions, stateBytes } from './state.ts';
import type { SaeTraining } from './training.ts';

/** Tokens that are measured for the scale and the start. */
const SAMPLE_TOKENS = 16_384;
/** Active features of a token, on average, that there is room for: so many, or as many times those asked for. */
const MOST_ACTIVE = 256;
const MOST_ACTIVE_TIMES = 8;
/** Under a penalty more of them are there before it takes hold, and JumpReLU has those near their thresholds as well. */
const PENALIZED_ROOM = 2;

/** Throws UserError where an SAE of the job takes more than one memory holds. */
export function refuseTooLarge(job: TrainJob): void {
  const { dIn, dSae, batch } = shapeOf(job);
  const bytes = greatest(job.config.targetL0.map((targetL0) => stateBytes(stateOptionsOf(job, targetL0))));
  if (bytes <= mostArenaBytes) return;
  const [taken, most] = [bytes, mostArenaBytes].map((own) => `${(own / 1e9).toFixed(1)} GB`);
  throw new UserError(
    `an SAE of ${dIn} → ${dSae} features takes ${taken} in training, in batches of ${batch} tokens, expected at most ${most}: fewer features (--d-sae) or tokens (--batch-tokens) take less`,
  );
}

function stateOptionsOf(job: TrainJob, targetL0: number): StateOptions {
  const shape = shapeOf(job);
  const room =
    (kinds[job.config.kind].penalized ? PENALIZED_ROOM : 1) * Math.max(MOST_ACTIVE, MOST_ACTIVE_TIMES * targetL0);
  return {
    ...shape,
    entries: Math.ceil(shape.batch * Math.min(shape.dSae, room)),
    auxEntries: shape.batch * auxFeatures(targetL0),
    groups: prefixesOf(job).length,
  };
}

/** The job's SAEs, with zeros for weights. */
export async function emptyTrainings(job: TrainJob): Promise<SaeTraining[]> {
  const { config, layers } = job;
  const shape = shapeOf(job);
  const trainings: SaeTraining[] = [];
  for (const [index, layer] of layers.entries()) {
    for (const targetL0 of config.targetL0) {
      const state = await createState(stateOptionsOf(job, targetL0));
      const figures = { error: 0, leastError: 0, spread: 0, l0: 0, threshold: 0, gradient: 0, lambda: 1 };
      const lastActive = new Float64Array(shape.dSae);
      trainings.push({ layer, targetL0, index, kind: kinds[config.kind], state, figures, lastActive });
    }
  }
  return trainings;
}

/** Measures a sample of activations and starts every SAE on it. */
export async function startTrainings(
  job: TrainJob,
  encoder: Encoder,
): Promise<{ normalizers: readonly Normalizer[]; trainings: readonly SaeTraining[] }> {
  const { kind, seed } = job.config;
  const shape = shapeOf(job);
  const samples = await sampleActivations(job, Math.max(SAMPLE_TOKENS, shape.batch));
  const normalizers = samples.map((sample) => normalizerOf(sample, shape.dIn));
  const trainings = await emptyTrainings(job);
  for (const training of trainings) {
    const { index, layer, targetL0, state } = training;
    const [x, normalizer] = [samples[index], normalizers[index]];
    if (!x || !normalizer) throw new RangeError(`no sample of layer ${layer}`);
    const sample = normalizedRows(x, normalizer, shape.dIn);
    await startState(state, { kind, targetL0, encoder, sample, random: seededRandom(seed, layer) });
    training.figures = { ...training.figures, lambda: startingLambda(state, kind) };
  }
  return { normalizers, trainings };
}

/** The first activations of the stream that is trained on, of each layer [token, dIn]. */
async function sampleActivations(job: TrainJob, tokens: number): Promise<Float32Array[]> {
  const { dIn } = shapeOf(job);
  const samples = job.layers.map(() => new Float32Array(tokens * dIn));
  const stream = await trainingStream(job);
  for (let filled = 0; filled < tokens; ) {
    const pieces = await stream.next();
    const count = Math.min(tokens - filled, pieces[0].length / dIn);
    samples.forEach((sample, i) => {
      sample.set(pieces[i].subarray(0, count * dIn), filled * dIn);
    });
    filled += count;
  }
  await stream.close();
  return samples;
}

/** s·(x − μ) of x [token, dIn], rows padded to the width: [token, width]. */
function normalizedRows(x: Float32Array, { mean, scale }: Normalizer, dIn: number): Float32Array {
  const width = widthOf({ dIn });
  const rows = new Float32Array((x.length / dIn) * width);
  for (let i = 0; i < x.length; i++) {
    const d = i % dIn;
    rows[((i - d) / dIn) * width + d] = (x[i] - mean[d]) * scale;
  }
  return rows;
}
