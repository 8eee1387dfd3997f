import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeSafetensors } from '../../pipeline/files/safetensors/safetensors-writer.ts';
import type { Sae } from '../../pipeline/sae/sae.ts';

/** Writes a ReLU SAE in SAELens's layout into a folder of its own. */
export async function writeSaeFolder(folder: string, sae: Sae): Promise<void> {
  const { layer, site, dIn, dSae, subtractDecoderBias, wEnc, bEnc, wDec, bDec } = sae;
  await mkdir(folder, { recursive: true });
  const hooks = { z: 'attn.hook_z', attn_module: 'attn.hook_out', attn_out: 'hook_attn_out' };
  const hook = `blocks.${layer}.${hooks[site]}`;
  const config = { hook_name: hook, d_in: dIn, d_sae: dSae, apply_b_dec_to_input: subtractDecoderBias };
  await writeFile(join(folder, 'cfg.json'), JSON.stringify(config));
  const tensors = { W_enc: wEnc, b_enc: bEnc, W_dec: wDec, b_dec: bDec };
  await writeSafetensors(join(folder, 'sae_weights.safetensors'), tensors);
}
