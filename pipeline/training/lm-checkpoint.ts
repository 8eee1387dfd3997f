import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ModelConfig } from '../core/model.ts';
import { float32, sameShape } from '../core/tensor.ts';
import { UserError } from '../core/user-error.ts';
import { pathKind } from '../io/files.ts';
import { openSafetensors } from '../io/safetensors.ts';
import { writeSafetensors } from '../io/safetensors-writer.ts';
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

const PROGRESS = 'training.progress';

export async function writeLmCheckpoint(path: string, state: LmState, step: number, schedule: Schedule): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const progress = float32([3], Float32Array.of(step, schedule.decayFrom, schedule.decay));
  await writeSafetensors(path, { ...state, [PROGRESS]: progress });
}

/** The checkpoint at a path, or none. Throws UserError when it is of another model. */
export async function readLmCheckpoint(path: string, config: ModelConfig): Promise<LmCheckpoint | undefined> {
  if ((await pathKind(path)) === 'missing') return undefined;
  const file = await openSafetensors(path);
  try {
    const state: LmState = {};
    for (const [name, { shape }] of Object.entries(stateSpecs(config))) {
      const tensor = await file.read(name);
      if (!sameShape(tensor.shape, shape)) {
        throw new UserError(`shape mismatch: ${name} is [${tensor.shape}], expected [${shape}] (${path})`);
      }
      state[name] = tensor;
    }
    const [step = 0, decayFrom = 0, decay = 1] = (await file.read(PROGRESS)).data;
    return { state, step, decayFrom, decay };
  } finally {
    await file.close();
  }
}
