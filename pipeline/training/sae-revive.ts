import type { Effects } from '../effects.ts';
import { seededRandom } from '../numbers/seeded-random.ts';
import { float32 } from '../numbers/tensor.ts';
import type { LayerTraining } from './sae-layer.ts';
import { type Candidates, redirectedRows, revive } from './sae-resample.ts';
import type { Run } from './sae-run.ts';
import { type SaeState, tensorOf } from './sae-state.ts';
import { saeParameters } from './sae-step.ts';

/** Batches among which the inputs for revived features are drawn. */
const CANDIDATE_BATCHES = 4;
/** Features are revived in this first part of training, so that those revived last have time to settle. */
const RESAMPLING_PART = 0.8;

/** Restarts the dead features of every layer, in the first part of training. */
export async function reviveDead(run: Run, effects: Effects): Promise<void> {
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
export function deadFeatures(
  { lastActive }: LayerTraining,
  { options, done }: Pick<Run, 'options' | 'done'>,
): number[] {
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
  const { thresholds } = await programs.start({
    x: float32([batchTokens, shape.dIn], candidates.x.slice(0, batchTokens * shape.dIn)),
    centre: tensorOf(state, 'bDec'),
    rows: float32([shape.dSae, shape.dIn], rows),
  });
  revive(state, dead, { rows, thresholds: thresholds.data });
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
    const found = await programs.errors({ x: rows, state: parameters });
    errors.set(found.errors.data, batch * batchTokens);
  }
  return { x, errors };
}
