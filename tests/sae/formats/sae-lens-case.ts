import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeSafetensors } from '../../../pipeline/files/safetensors/safetensors-writer.ts';
import type { ModelConfig } from '../../../pipeline/model/model.ts';
import { type FloatTensor, float32 } from '../../../pipeline/numbers/tensor.ts';
import { loadSaes } from '../../../pipeline/sae/formats/sae-dir.ts';
import { temporaryFolder } from '../../files/temporary-folder.ts';
import { gpt2Conventions } from '../../model/gpt2-conventions.ts';

export const model: ModelConfig = {
  ...gpt2Conventions,
  nLayers: 3,
  nHeads: 2,
  nKvHeads: 2,
  dHead: 2,
  dModel: 4,
  dMlp: 16,
  nContext: 8,
  vocabSize: 5,
  bosTokenId: 0,
  eosTokenId: 0,
  tiedEmbedding: true,
};

export const weights = {
  W_enc: float32([4, 2], Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8)),
  b_enc: float32([2], Float32Array.of(0.5, -1)),
  W_dec: float32([2, 4], Float32Array.of(3, 0, 4, 0, 0, 0, 0, 0.5)),
  b_dec: float32([4], Float32Array.of(1, 1, 2, 2)),
};

export function cfg(layer: number, fields: Readonly<Record<string, unknown>> = {}) {
  return {
    d_in: 4,
    d_sae: 2,
    dtype: 'float32',
    hook_name: `blocks.${layer}.attn.hook_z`,
    hook_layer: layer,
    ...fields,
  };
}

export async function saeFolder(
  saes: Readonly<Record<string, unknown>>,
  tensors: Readonly<Record<string, FloatTensor>> = weights,
): Promise<string> {
  const dir = await temporaryFolder();
  for (const [name, json] of Object.entries(saes)) {
    await mkdir(join(dir, name), { recursive: true });
    await writeFile(join(dir, name, 'cfg.json'), JSON.stringify(json));
    await writeSafetensors(join(dir, name, 'sae_weights.safetensors'), tensors);
  }
  return dir;
}

export const load = async (json: unknown, tensors?: Readonly<Record<string, FloatTensor>>) =>
  loadSaes(await saeFolder({ sae: json }, tensors), model);
