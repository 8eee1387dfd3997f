import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { checksumSchema, DamagedFile, verifyFile } from '../disk/checksum.ts';
import { removePath } from '../disk/disk.ts';
import { readSealedJson, writeSealedJson } from '../disk/sealed-json.ts';
import type { Effects } from '../effects.ts';
import { openSafetensors } from '../files/safetensors/safetensors.ts';
import { writeSafetensors } from '../files/safetensors/safetensors-writer.ts';
import type { TensorFile } from '../files/tensor-file.ts';
import type { FloatTensor } from '../numbers/tensor.ts';

/** Where a training keeps its latest checkpoint: FOLDER/NAME.json, which names the file of tensors that it goes with. */
export interface CheckpointPlace {
  readonly folder: string;
  readonly name: string;
}

const recordSchema = z.object({
  tensors: z.string(),
  file: checksumSchema,
  /** Whatever is counted: numbers that float32 would not hold exactly. */
  progress: z.unknown(),
});

/** The file that says that a place holds a checkpoint. */
export const recordPath = ({ folder, name }: CheckpointPlace) => join(folder, `${name}.json`);

/** Writes a checkpoint and removes the one before. Stopped anywhere, it leaves one of the two whole. */
export async function writeCheckpointFiles(
  place: CheckpointPlace,
  step: number,
  progress: unknown,
  tensors: Readonly<Record<string, FloatTensor>>,
): Promise<void> {
  const name = `${place.name}-${step}.safetensors`;
  const file = await writeSafetensors(join(place.folder, name), tensors);
  const record: z.infer<typeof recordSchema> = { tensors: name, file, progress };
  await writeSealedJson(recordPath(place), record);
  await removeOthers(place, name);
}

/**
 * Reads the checkpoint of a place with `read`, its progress parsed by `schema`; undefined where there is none.
 * Throws DamagedFile where a file is not what was written.
 */
export async function readCheckpointFiles<P extends z.ZodType, T>(
  place: CheckpointPlace,
  schema: P,
  read: (file: TensorFile, progress: z.infer<P>) => Promise<T>,
): Promise<T | undefined> {
  const record = await readSealedJson(recordPath(place), recordSchema);
  if (record === undefined) return undefined;
  const path = join(place.folder, record.tensors);
  await verifyFile(path, record.file);
  const progress = schema.safeParse(record.progress);
  if (!progress.success) throw new DamagedFile(recordPath(place), 'its progress is of another version');
  const file = await openSafetensors(path);
  try {
    return await read(file, progress.data);
  } finally {
    await file.close();
  }
}

/** What `read` gives; nothing where that is damaged, so that the training begins again. */
export async function unlessDamaged<T>(effects: Effects, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof DamagedFile)) throw error;
    effects.log(`${error.message}: the training begins again`);
    return undefined;
  }
}

async function removeOthers({ folder, name }: CheckpointPlace, kept: string): Promise<void> {
  for (const other of await readdir(folder)) {
    if (other !== kept && other.startsWith(`${name}-`)) await removePath(join(folder, other));
  }
}
