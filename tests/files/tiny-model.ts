import { join } from 'node:path';
import { writeSafetensors } from '../../pipeline/files/safetensors/safetensors-writer.ts';
import { type FloatTensor, float32, sizeOf } from '../../pipeline/numbers/tensor.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** One layer, two heads of 2, vocabulary 5. */
export const tinyConfig = {
  model_type: 'gpt2',
  n_layer: 1,
  n_head: 2,
  n_embd: 4,
  n_positions: 6,
  vocab_size: 5,
  bos_token_id: 0,
  eos_token_id: 0,
};

const shapes: Readonly<Record<string, readonly number[]>> = {
  'wte.weight': [5, 4],
  'wpe.weight': [6, 4],
  'h.0.ln_1.weight': [4],
  'h.0.ln_1.bias': [4],
  'h.0.attn.c_attn.weight': [4, 12],
  'h.0.attn.c_attn.bias': [12],
  'h.0.attn.c_proj.weight': [4, 4],
  'h.0.attn.c_proj.bias': [4],
  'h.0.ln_2.weight': [4],
  'h.0.ln_2.bias': [4],
  'h.0.mlp.c_fc.weight': [4, 16],
  'h.0.mlp.c_fc.bias': [16],
  'h.0.mlp.c_proj.weight': [16, 4],
  'h.0.mlp.c_proj.bias': [4],
  'ln_f.weight': [4],
  'ln_f.bias': [4],
};

/** Tensor by name, each filled with its place in the list. */
export function tinyWeights(): Record<string, FloatTensor> {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape], i) => [name, float32(shape, new Float32Array(sizeOf(shape)).fill(i))]),
  );
}

export function withPrefix(prefix: string, tensors: Record<string, FloatTensor>): Record<string, FloatTensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [prefix + name, tensor]));
}

/** A model folder with the given tensors in the given files. */
export async function tinyModelFolder(
  files: Readonly<Record<string, Record<string, FloatTensor>>>,
  json: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const dir = await temporaryFolder({ 'config.json': tinyConfig, ...json });
  for (const [name, tensors] of Object.entries(files)) await writeSafetensors(join(dir, name), tensors);
  return dir;
}
