import { join } from 'node:path';
import { makeFolder } from '../disk/disk.ts';
import { writeJsonAtomic } from '../disk/replace-file.ts';
import { writeSafetensors } from '../files/safetensors/safetensors-writer.ts';
import { float32 } from '../numbers/tensor.ts';
import type { Sae } from '../sae/sae.ts';
import { type SaeState, tensorOf } from './sae-state.ts';

/**
 * The SAE of plain z from the state of one trained on scale·z: its gains go into wEnc and bEnc, and both biases are
 * divided by the scale. ReLU(scale·x) = scale·ReLU(x), so f and ẑ are divided by it and decoder rows keep unit norm.
 */
export function unscaledSae(layer: number, state: SaeState, scale: number): Sae {
  const [wEnc, wDec, gain] = [tensorOf(state, 'wEnc'), tensorOf(state, 'wDec'), tensorOf(state, 'gain').data];
  const [dIn = 1, dSae = 1] = wEnc.shape;
  const bDec = tensorOf(state, 'bDec').data.map((value) => value / scale);
  const bEnc = tensorOf(state, 'bEnc').data.map((value, feature) => (value * (gain[feature] ?? 1)) / scale);
  return {
    id: String(layer),
    layer,
    site: 'z',
    dIn,
    dSae,
    activation: { kind: 'relu' },
    subtractDecoderBias: true,
    wEnc: float32(
      [dIn, dSae],
      wEnc.data.map((value, i) => value * (gain[i % dSae] ?? 1)),
    ),
    bEnc: float32([dSae], bEnc),
    wDec,
    bDec: float32([dIn], bDec),
    source: 'training',
  };
}

export interface SaeLensOptions {
  readonly dtype: 'float32' | 'float16';
  readonly modelName: string;
  readonly context: number;
  readonly datasetPath: string;
}

/**
 * Writes an SAE as OUT/blocks.LAYER.hook_z/{cfg.json, sae_weights.safetensors}, as SAELens loads it from disk.
 * Source: https://github.com/jbloomAus/SAELens, SAEConfig before 6.0, whose flat fields later versions read too.
 */
export async function writeSaeLens(out: string, sae: Sae, options: SaeLensOptions): Promise<void> {
  const dir = join(out, `blocks.${sae.layer}.hook_z`);
  await makeFolder(dir);
  const tensors = { W_enc: sae.wEnc, b_enc: sae.bEnc, W_dec: sae.wDec, b_dec: sae.bDec };
  await writeSafetensors(join(dir, 'sae_weights.safetensors'), tensors, {
    dtype: options.dtype === 'float16' ? 'F16' : 'F32',
    metadata: { format: 'pt' },
  });
  await writeJsonAtomic(join(dir, 'cfg.json'), saeLensConfig(sae, options));
}

function saeLensConfig(sae: Sae, { dtype, modelName, context, datasetPath }: SaeLensOptions): object {
  return {
    architecture: 'standard',
    d_in: sae.dIn,
    d_sae: sae.dSae,
    dtype,
    device: 'cpu',
    model_name: modelName,
    hook_name: `blocks.${sae.layer}.attn.hook_z`,
    hook_layer: sae.layer,
    hook_head_index: null,
    activation_fn: 'relu',
    activation_fn_kwargs: {},
    apply_b_dec_to_input: true,
    normalize_activations: 'none',
    finetuning_scaling_factor: false,
    context_size: context,
    prepend_bos: true,
    dataset_path: datasetPath,
    dataset_trust_remote_code: false,
    sae_lens_training_version: null,
    model_from_pretrained_kwargs: {},
    neuronpedia_id: null,
  };
}
