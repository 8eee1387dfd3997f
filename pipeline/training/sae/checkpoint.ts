import { join } from 'node:path';
import * as z from 'zod';
import { checksumSchema } from '../../disk/checksum.ts';
import { makeFolder, removePath } from '../../disk/disk.ts';
import { readSealedJson, writeSealedJson } from '../../disk/sealed-json.ts';
import type { Effects } from '../../effects.ts';
import { UserError } from '../../errors/user-error.ts';
import { pathKind } from '../../files/files.ts';
import type { TensorFile } from '../../files/tensor-file.ts';
import { type FloatTensor, float32 } from '../../numbers/tensor.ts';
import { trainingPoint } from '../../sae/formats/training-curve.ts';
import { readCheckpointFiles, recordPath, unlessDamaged, writeCheckpointFiles } from '../checkpoint-files.ts';
import type { BlockRecord } from './block-store.ts';
import type { Normalizer } from './normalizer.ts';
import { parameterNames } from './state.ts';
import type { CurvePoint } from './trainer.ts';
import type { SaeTraining } from './training.ts';

/** All that training needs to go on as if it had not been interrupted: random choices are functions of the step. */
export interface SaeCheckpoint {
  readonly done: number;
  readonly normalizers: readonly Normalizer[];
  readonly blocks: readonly BlockRecord[];
  readonly curve: readonly CurvePoint[];
}

const placeIn = (folder: string) => ({ folder, name: 'state' });
const settingsFile = (dir: string) => join(dir, 'settings.json');

const count = z.int().min(0);
const position = z.object({ epoch: count, context: count });
const blockRecord = z.object({
  start: position,
  end: position,
  file: checksumSchema.optional(),
});
const figures = z.object({
  error: z.number(),
  leastError: z.number(),
  spread: z.number(),
  l0: z.number(),
  threshold: z.number(),
  gradient: z.number(),
  lambda: z.number(),
});
const progressSchema = z.object({
  done: count,
  scales: z.array(z.object({ scale: z.number(), maxNorm: z.number() })),
  blocks: z.array(blockRecord),
  curve: z.array(trainingPoint.extend({ layer: count, targetL0: z.number() })),
  trainings: z.array(z.object({ figures, lastActive: z.array(count), updates: z.array(count) })),
});

/**
 * Begins a folder of checkpoints, or finds it begun with the same settings. Throws UserError where it holds a checkpoint of
 * others; without one there is nothing to lose.
 */
export async function openCheckpoints(dir: string, settings: unknown, effects: Effects): Promise<void> {
  const path = settingsFile(dir);
  const found = await unlessDamaged(effects, () => readSealedJson(path, z.unknown()));
  if (JSON.stringify(found) === JSON.stringify(settings)) return;
  if (found !== undefined && (await hasCheckpoint(dir))) {
    throw new UserError(`an interrupted training with other settings is in ${dir}: finish it, or delete that folder`);
  }
  await removePath(dir);
  await makeFolder(dir);
  await writeSealedJson(path, settings);
}

const hasCheckpoint = async (dir: string): Promise<boolean> => (await pathKind(recordPath(placeIn(dir)))) === 'file';

/** The learnt tensors of each SAE and Adam's means, by their names in a checkpoint. */
function* tensorsOf(trainings: readonly SaeTraining[]): Generator<[name: string, values: Float32Array]> {
  for (const [i, { state }] of trainings.entries()) {
    for (const name of parameterNames) {
      for (const role of ['p', 'm', 'v'] as const) yield [`${i}/${name}.${role}`, state.parameters[name][role]];
    }
  }
}

export async function writeCheckpoint(
  dir: string,
  { done, normalizers, blocks, curve }: SaeCheckpoint,
  trainings: readonly SaeTraining[],
): Promise<void> {
  const tensors: Record<string, FloatTensor> = {};
  for (const [name, values] of tensorsOf(trainings)) tensors[name] = float32([values.length], values);
  normalizers.forEach(({ mean }, layer) => {
    tensors[`mean.${layer}`] = float32([mean.length], mean);
  });
  const progress: z.infer<typeof progressSchema> = {
    done,
    scales: normalizers.map(({ scale, maxNorm }) => ({ scale, maxNorm })),
    blocks: [...blocks],
    curve: [...curve],
    trainings: trainings.map((training) => {
      const { figures: own, lastActive, state } = training;
      return { figures: own, lastActive: Array.from(lastActive), updates: Array.from(state.updates) };
    }),
  };
  await writeCheckpointFiles(placeIn(dir), done, progress, tensors);
}

/** The checkpoint of a folder, or none; `start` makes the trainings that it is then read into. Throws DamagedFile. */
export async function readCheckpoint(
  dir: string,
  start: () => Promise<readonly SaeTraining[]>,
): Promise<{ checkpoint: SaeCheckpoint; trainings: readonly SaeTraining[] } | undefined> {
  return readCheckpointFiles(placeIn(dir), progressSchema, async (file, progress) => {
    const trainings = await start();
    for (const [name, values] of tensorsOf(trainings)) values.set((await file.read(name)).data);
    trainings.forEach((training, i) => {
      const own = progress.trainings[i];
      if (!own) throw new RangeError(`the checkpoint holds ${i} SAEs, expected ${trainings.length}`);
      training.figures = own.figures;
      training.lastActive.set(own.lastActive);
      training.state.updates.set(own.updates);
    });
    const { done, blocks, curve, scales } = progress;
    const normalizers = await readNormalizers(file, scales);
    return { checkpoint: { done, normalizers, blocks, curve }, trainings };
  });
}

async function readNormalizers(
  file: TensorFile,
  scales: readonly { readonly scale: number; readonly maxNorm: number }[],
): Promise<Normalizer[]> {
  const read: Normalizer[] = [];
  for (const [layer, own] of scales.entries()) read.push({ ...own, mean: (await file.read(`mean.${layer}`)).data });
  return read;
}

export async function removeCheckpoints(dir: string): Promise<void> {
  await removePath(dir);
}

/** Removes the folder of a training that failed before its first checkpoint. */
export async function removeUnusedCheckpoints(dir: string): Promise<void> {
  if (!(await hasCheckpoint(dir))) await removePath(dir);
}
