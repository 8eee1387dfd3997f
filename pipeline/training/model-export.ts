import { join } from 'node:path';
import { makeFolder } from '../disk/disk.ts';
import { writeJsonAtomic } from '../disk/replace-file.ts';
import { writeSafetensors } from '../files/safetensors/safetensors-writer.ts';
import { gpt2 } from '../model/families/gpt2.ts';
import { checkpointFrom } from '../model/family.ts';
import type { ModelConfig } from '../model/model.ts';
import type { FloatTensor } from '../numbers/tensor.ts';

/** Writes a GPT-2 into a folder as Hugging Face's GPT2LMHeadModel reads it, its weights in half precision. */
export async function exportModel(
  dir: string,
  config: ModelConfig,
  weights: Readonly<Record<string, FloatTensor>>,
  name: string,
): Promise<void> {
  await makeFolder(dir);
  await writeJsonAtomic(join(dir, 'config.json'), { _name_or_path: name, ...hubConfig(config) });
  // Readers of Hugging Face's files ask for the format's name in the metadata.
  const checkpoint = checkpointFrom(gpt2, config, weights);
  await writeSafetensors(join(dir, 'model.safetensors'), checkpoint, { dtype: 'F16', metadata: { format: 'pt' } });
}

function hubConfig(config: ModelConfig): Record<string, unknown> {
  return {
    model_type: 'gpt2',
    architectures: ['GPT2LMHeadModel'],
    n_layer: config.nLayers,
    n_head: config.nHeads,
    n_embd: config.dModel,
    n_inner: config.dMlp,
    n_positions: config.nContext,
    n_ctx: config.nContext,
    vocab_size: config.vocabSize,
    layer_norm_epsilon: config.epsilon,
    activation_function: config.activation,
    bos_token_id: config.bosTokenId,
    eos_token_id: config.eosTokenId,
    tie_word_embeddings: config.tiedEmbedding,
  };
}
