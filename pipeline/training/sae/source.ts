import { shuffledBlocks } from '../shuffle.ts';
import { type ActivationStream, activationStream, type CorpusPosition } from './activations.ts';
import { ActivationBlock, blockBytes, inMemory } from './block.ts';
import { shapeOf, type TrainJob } from './job.ts';
import type { Normalizer } from './normalizer.ts';

/** Tokens a forward pass. */
const FORWARD_TOKENS = 2048;
/** Contexts are read in random order within blocks of so many: a corpus is seldom the same from end to end. */
const SHUFFLED_CONTEXTS = 2 ** 15;
/** Every so many contexts one is held out of the training, to calibrate the thresholds, up to so many tokens. */
const HELD_OUT = 32;
const HELD_OUT_TOKENS = 2 ** 15;

/** The activations to train on, over the corpus again and again. */
export function trainingStream(job: TrainJob, start?: CorpusPosition): Promise<ActivationStream> {
  const contexts = (epoch: number) =>
    shuffledBlocks(trainingContexts(job), SHUFFLED_CONTEXTS, [job.config.seed, epoch]);
  return activationStream({ ...placesOf(job), batch: batchOf(job), contexts }, start);
}

/** Activations of contexts that no step reads. Where the corpus is too short to hold any out, those that it reads. */
export async function heldOutBlock(job: TrainJob, normalizers: readonly Normalizer[]): Promise<ActivationBlock> {
  const contexts = await heldOutContexts(job);
  const batch = Math.min(batchOf(job), contexts.length);
  const passes = Math.floor(contexts.length / batch);
  const stream = await activationStream({ ...placesOf(job), batch, contexts: () => from(contexts) });
  const { dIn } = shapeOf(job);
  const shape = { layers: job.layers.length, dIn, tokens: passes * batch * (job.context - 1) };
  const block = new ActivationBlock(shape, inMemory(blockBytes(shape)));
  for (let pass = 0; pass < passes; pass++) block.put(await stream.next(), normalizers);
  await stream.close();
  return block;
}

const placesOf = ({ config: { site }, engine, model, layers, context }: TrainJob) => {
  return { engine, model, site, layers, context };
};

const batchOf = ({ context }: TrainJob) => Math.max(1, Math.floor(FORWARD_TOKENS / context));

const isHeldOut = (i: number) => i % HELD_OUT === HELD_OUT - 1;

async function* trainingContexts(job: TrainJob): AsyncGenerator<Int32Array> {
  let i = 0;
  for await (const context of job.contexts()) if (!isHeldOut(i++)) yield context;
}

async function heldOutContexts(job: TrainJob): Promise<Int32Array[]> {
  const most = Math.ceil(HELD_OUT_TOKENS / (job.context - 1));
  const [held, first]: [Int32Array[], Int32Array[]] = [[], []];
  let i = 0;
  for await (const context of job.contexts()) {
    if (isHeldOut(i++)) held.push(context);
    else if (first.length < HELD_OUT) first.push(context);
    if (held.length === most) break;
  }
  if (held.length > 0) return held;
  job.effects.log(`the corpus has only ${first.length} contexts: thresholds are calibrated on what was trained on`);
  return first;
}

async function* from<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
