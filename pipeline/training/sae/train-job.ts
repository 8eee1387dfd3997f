import { unlessDamaged } from '../checkpoint-files.ts';
import { removeBlocks } from './block-files.ts';
import { BlockStore } from './block-store.ts';
import { readCheckpoint, type SaeCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { compileEncoder, type Encoder } from './encoder.ts';
import type { Blocks } from './greatest-tokens.ts';
import { learningRateOf, prefixesOf, shapeOf, stepsOf, type TrainJob } from './job.ts';
import { emptyTrainings, refuseTooLarge, startTrainings } from './new-trainings.ts';
import type { Normalizer } from './normalizer.ts';
import { planBlocks } from './plan-blocks.ts';
import { trainingStream } from './source.ts';
import { blockOf, type CurvePoint, type TrainerOptions, trainSteps } from './trainer.ts';
import type { SaeTraining } from './training.ts';

export interface Trained {
  readonly trainings: readonly SaeTraining[];
  readonly normalizers: readonly Normalizer[];
  readonly curve: readonly CurvePoint[];
  readonly encoder: Encoder;
  /** The activations that can still be read, last those that the last step's batch is of. */
  readonly blocks: Blocks;
  close(): Promise<void>;
}

/** A feature is dead that was silent for this part of the steps, but no fewer than so many. */
const DEAD_PART = 0.05;
const DEAD_STEPS = 20;
/** Part of the steps over which the learning rate rises, unless it is given. */
const WARMUP_PART = 0.03;
/** Writing checkpoints takes at most this part of the time. */
const CHECKPOINT_PART = 0.03;

/** Trains a job's SAEs, from its checkpoint on if there is one; what it returns is to be closed. */
export async function trainJob(job: TrainJob): Promise<Trained> {
  const { config, checkpoints, effects } = job;
  refuseTooLarge(job);
  const encoder = await compileEncoder(job.engine, shapeOf(job));
  const resumed = await unlessDamaged(effects, () => readCheckpoint(checkpoints, () => emptyTrainings(job)));
  if (resumed) effects.log(`resuming at step ${resumed.checkpoint.done} from ${checkpoints}`);
  const fresh = resumed ? undefined : await startTrainings(job, encoder);
  const trainings = resumed?.trainings ?? fresh?.trainings ?? [];
  const normalizers = resumed?.checkpoint.normalizers ?? fresh?.normalizers ?? [];
  const steps = stepsOf(job);
  if (!resumed) await removeBlocks(checkpoints);
  const plan = await planBlocks({
    ...{ ...shapeOf(job), layers: job.layers.length, steps, epochs: config.epochs },
    ...{ folder: checkpoints, effects },
  });
  const blocks = new BlockStore({
    ...plan.store,
    normalizers,
    records: resumed?.checkpoint.blocks ?? [],
    open: (start) => trainingStream(job, start),
  });
  const options: TrainerOptions = {
    ...{ trainings, encoder, blocks, steps },
    batch: config.batchTokens,
    seed: config.seed,
    lr: learningRateOf(job),
    blockTokens: plan.store.shape.tokens,
    blockCount: plan.count,
    warmupSteps: Math.max(1, config.warmupSteps ?? Math.round(WARMUP_PART * steps)),
    deadAfter: Math.max(DEAD_STEPS, Math.round(DEAD_PART * steps)),
    prefixes: prefixesOf(job),
    save: saver(job, { trainings, normalizers, blocks }),
  };
  const { done = 0, curve: before = [] }: Partial<SaeCheckpoint> = resumed?.checkpoint ?? {};
  const curve = await trainSteps(options, effects, { done, curve: before });
  const last = blockOf(options, steps - 1);
  const kept = plan.store.keep ? [...Array(plan.count).keys()].filter((block) => block !== last) : [];
  const close = async () => {
    await blocks.close();
    await encoder.dispose();
  };
  const readable = [...kept, last].map((block) => () => blocks.block(block));
  return { trainings, normalizers, curve, encoder, blocks: readable, close };
}

/** Saves when `checkpointMs` have gone by since the last time, or longer where saving is slow. */
function saver(
  { checkpoints, checkpointMs, effects }: TrainJob,
  { trainings, normalizers, blocks }: Pick<Trained, 'trainings' | 'normalizers'> & { readonly blocks: BlockStore },
): TrainerOptions['save'] {
  let next = effects.now() + checkpointMs;
  return async (done, block, curve) => {
    const start = effects.now();
    if (start < next) return;
    await writeCheckpoint(checkpoints, { done, normalizers, blocks: blocks.records, curve }, trainings);
    await blocks.removeBefore(block);
    next = effects.now() + Math.max(checkpointMs, (effects.now() - start) / CHECKPOINT_PART);
  };
}
