import { join } from 'node:path';
import { makeFolder } from '../disk/disk.ts';
import { writeJsonAtomic } from '../disk/replace-file.ts';
import { writeSafetensors } from '../files/safetensors/safetensors-writer.ts';
import { checkpointFrom, type Family } from '../model/family.ts';
import type { ModelConfig } from '../model/model.ts';
import type { FloatTensor } from '../numbers/tensor.ts';

/** What a model's folder says of it. */
export interface ExportedConfig {
  readonly family: Family;
  /** Of config.json. */
  readonly json: Readonly<Record<string, unknown>>;
  /** As the family reads it. */
  readonly config: ModelConfig;
}

/** Writes a model into a folder as Hugging Face's class of its family reads it, its weights in half precision. */
export async function exportModel(
  dir: string,
  { family, json, config }: ExportedConfig,
  weights: Readonly<Record<string, FloatTensor>>,
): Promise<void> {
  await makeFolder(dir);
  await writeJsonAtomic(join(dir, 'config.json'), json);
  // Readers of Hugging Face's files ask for the format's name in the metadata.
  const checkpoint = checkpointFrom(family, config, weights);
  await writeSafetensors(join(dir, 'model.safetensors'), checkpoint, { dtype: 'F16', metadata: { format: 'pt' } });
}
