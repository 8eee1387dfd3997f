import { join } from 'node:path';
import { makeFolder } from '../../disk/disk.ts';
import { writeJsonAtomic } from '../../disk/replace-file.ts';
import { writeSafetensors } from '../../files/safetensors/safetensors-writer.ts';
import type { FloatTensor } from '../../numbers/tensor.ts';
import type { Place, Sae } from '../../sae/sae.ts';
import type { StoredType } from './export.ts';

/** The SAELens whose layout is written. */
const SAE_LENS = '6.54.0';

export interface SaeLensOptions {
  /** The folder of the SAE. */
  readonly dir: string;
  readonly dtype: StoredType;
  readonly modelName: string;
  readonly context: number;
  readonly datasetPath: string;
  /** How it was trained, beside what an SAE needs to be used. */
  readonly training: { readonly architecture: string; readonly details: Readonly<Record<string, unknown>> };
}

/** TransformerLens's name of a place in the model, behind its layer. */
const hooks = { z: 'attn.hook_z', attn_module: 'attn.hook_out', attn_out: 'hook_attn_out' } as const;
const hookName = ({ layer, site }: Place): string => `blocks.${layer}.${hooks[site]}`;

/** The name of an SAE's folder. */
export const folderName = ({ layer, site }: Place): string => `blocks.${layer}.hook_${site}`;

/**
 * Writes an SAE as DIR/{cfg.json, sae_weights.safetensors}, as SAELens 6 does and loads from disk. Weights may be stored
 * as float16; `dtype` says that they are to be used as float32.
 * Source: https://github.com/jbloomAus/SAELens, SAEConfig.to_dict and SAE.save_model.
 */
export async function writeSaeLens(sae: Sae, options: SaeLensOptions): Promise<void> {
  const { dir, dtype } = options;
  await makeFolder(dir);
  const tensors: Record<string, FloatTensor> = { W_enc: sae.wEnc, b_enc: sae.bEnc, W_dec: sae.wDec, b_dec: sae.bDec };
  if (sae.activation.kind === 'jumprelu') tensors.threshold = sae.activation.threshold;
  await writeSafetensors(join(dir, 'sae_weights.safetensors'), tensors, {
    dtype: dtype === 'float16' ? 'F16' : 'F32',
    metadata: { format: 'pt' },
  });
  await writeJsonAtomic(join(dir, 'cfg.json'), saeLensConfig(sae, options));
}

function saeLensConfig(sae: Sae, { modelName, context, datasetPath, training }: SaeLensOptions): object {
  const { activation, site, layer } = sae;
  return {
    d_in: sae.dIn,
    d_sae: sae.dSae,
    dtype: 'float32',
    device: 'cpu',
    apply_b_dec_to_input: true,
    normalize_activations: 'none',
    reshape_activations: site === 'z' ? 'hook_z' : 'none',
    ...(activation.kind === 'topk' ? { k: activation.k, rescale_acts_by_decoder_norm: false } : {}),
    metadata: {
      sae_lens_version: SAE_LENS,
      sae_lens_training_version: SAE_LENS,
      dataset_path: datasetPath,
      hook_name: hookName({ layer, site }),
      hook_head_index: null,
      model_name: modelName,
      model_class_name: 'HookedTransformer',
      model_from_pretrained_kwargs: {},
      context_size: context,
      prepend_bos: true,
      exclude_special_tokens: false,
      training_architecture: training.architecture,
      training_architecture_details: training.details,
    },
    architecture: activation.kind === 'relu' ? 'standard' : activation.kind,
  };
}
