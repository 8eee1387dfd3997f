import { basename, dirname } from 'node:path';
import * as z from 'zod';
import { makeFolder } from '../disk/disk.ts';
import { UserError } from '../errors/user-error.ts';
import { curvePoint } from '../measures/studies/training/curve-file.ts';
import type { ModelConfig } from '../model/model.ts';
import { sameShape } from '../numbers/tensor.ts';
import { type CheckpointPlace, readCheckpointFiles, writeCheckpointFiles } from './checkpoint-files.ts';
import type { LmState } from './lm-state.ts';
import { stateSpecs } from './lm-step.ts';

const count = z.int().min(0);

/** Where a training is. Batches are a pure function of step and stage, so no generator's state is kept. */
const progressSchema = z.object({
  /** Steps done, and tokens trained on. */
  step: count,
  tokens: count,
  /** Exponential mean of the last steps' loss, in nats; null before the first. */
  loss: z.number().nullable(),
  stage: z.object({ pool: count, longest: count, context: count }),
  schedule: z.object({ peak: z.number(), warmup: z.number(), decayFrom: z.number(), decay: z.number() }),
  curve: z.array(curvePoint).readonly(),
});
export type LmProgress = Readonly<z.infer<typeof progressSchema>>;

/** All that training needs to go on. */
export interface LmCheckpoint {
  readonly state: LmState;
  readonly progress: LmProgress;
}

const placeOf = (path: string): CheckpointPlace => ({ folder: dirname(path), name: basename(path) });

/** Writes a checkpoint under a path, to which endings are added. */
export async function writeLmCheckpoint(path: string, state: LmState, progress: LmProgress): Promise<void> {
  await makeFolder(dirname(path));
  await writeCheckpointFiles(placeOf(path), progress.step, progress, state);
}

/** The checkpoint at a path, or none. Throws UserError when it is of another model, DamagedFile where it is damaged. */
export async function readLmCheckpoint(path: string, config: ModelConfig): Promise<LmCheckpoint | undefined> {
  return readCheckpointFiles(placeOf(path), progressSchema, async (file, progress) => {
    const state: LmState = {};
    for (const [name, { shape }] of Object.entries(stateSpecs(config))) {
      const tensor = await file.read(name);
      if (!sameShape(tensor.shape, shape)) {
        throw new UserError(`shape mismatch: ${name} is [${tensor.shape}], expected [${shape}] (${file.path})`);
      }
      state[name] = tensor;
    }
    return { state, progress };
  });
}
