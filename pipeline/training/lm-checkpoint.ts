import { basename, dirname } from 'node:path';
import * as z from 'zod';
import { makeFolder } from '../disk/disk.ts';
import { UserError } from '../errors/user-error.ts';
import type { ModelConfig } from '../model/model.ts';
import { sameShape } from '../numbers/tensor.ts';
import { type CheckpointPlace, readCheckpointFiles, writeCheckpointFiles } from './checkpoint-files.ts';
import type { LmState } from './lm-state.ts';
import { stateSpecs } from './lm-step.ts';
import type { Schedule } from './schedule.ts';

/** All that training needs to go on: batches are a pure function of the step, so no generator's state is kept. */
export interface LmCheckpoint {
  readonly state: LmState;
  /** Steps done. */
  readonly step: number;
  /** Where the fall of the learning rate was put, and its length. */
  readonly decayFrom: number;
  readonly decay: number;
}

const progressSchema = z.object({ step: z.int().min(0), decayFrom: z.number(), decay: z.number() });

const placeOf = (path: string): CheckpointPlace => ({ folder: dirname(path), name: basename(path) });

/** Writes a checkpoint under a path, to which endings are added. */
export async function writeLmCheckpoint(path: string, state: LmState, step: number, schedule: Schedule): Promise<void> {
  await makeFolder(dirname(path));
  const { decayFrom, decay } = schedule;
  const progress: z.infer<typeof progressSchema> = { step, decayFrom, decay };
  await writeCheckpointFiles(placeOf(path), step, progress, state);
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
    return { state, ...progress };
  });
}
