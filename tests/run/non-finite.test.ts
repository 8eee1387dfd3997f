import { cp, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentEffects } from '../../pipeline/effects.ts';
import { loadModel } from '../../pipeline/files/model/model-dir.ts';
import { writeSafetensors } from '../../pipeline/files/safetensors/safetensors-writer.ts';
import { gpt2 } from '../../pipeline/model/families/gpt2.ts';
import { checkpointFrom } from '../../pipeline/model/family.ts';
import { run } from '../../pipeline/run.ts';
import { loadSaes } from '../../pipeline/sae/formats/sae-dir.ts';
import { quickConfig } from './quick-case.ts';
import { folderOf, removeTemporaryFolders, temporaryFolder } from './reference-case.ts';

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(removeTemporaryFolders);

/** A copy of the reference case in which one tensor is multiplied by a number. */
async function scaled(part: 'model' | 'saes', tensor: string, factor: number): Promise<string> {
  const copy = join(folder, `${part}-${tensor}`);
  await mkdir(copy, { recursive: true });
  await cp(join(folderOf(7), part), copy, { recursive: true });
  const times = (values: Float32Array) => values.map((value) => value * factor);
  if (part === 'model') {
    const { config, weights } = await loadModel(copy);
    const changed = Object.entries(checkpointFrom(gpt2, config, weights)).map(([name, weight]) => {
      return [name, name === tensor ? { ...weight, data: times(weight.data) } : weight];
    });
    await writeSafetensors(join(copy, 'model.safetensors'), Object.fromEntries(changed));
    return copy;
  }
  const { config } = await loadModel(join(folderOf(7), 'model'));
  const [sae] = await loadSaes(copy, config, [0]);
  if (!sae) throw new Error('no SAE of layer 0');
  const tensors = { W_enc: sae.wEnc, b_enc: sae.bEnc, W_dec: sae.wDec, b_dec: sae.bDec };
  const changed = Object.entries(tensors).map(([name, weight]) => {
    return [name, name === tensor ? { ...weight, data: times(weight.data) } : weight];
  });
  await writeSafetensors(join(copy, 'blocks.0.hook_z', 'sae_weights.safetensors'), Object.fromEntries(changed));
  return copy;
}

describe('finite weights that overflow stop the run, and say where', { timeout: 120_000 }, () => {
  it.each([
    [
      'model',
      'h.0.attn.c_attn.weight',
      1e30,
      /^not finite: z of layer 0 at context 0, position 0, in the forward pass, is /,
    ],
    ['saes', 'W_enc', 1e38, /^not finite: activation of feature \d+ of sae 0 at context 0, position \d+ is Infinity/],
    ['saes', 'W_dec', 1e38, /^not finite: /],
    ['model', 'wte.weight', 1e38, /^not finite: /],
    ['model', 'ln_f.weight', 1e38, /^not finite: losses\[.*\] of the program “.*” is /],
  ] as const)('%s %s', async (part, tensor, factor, message) => {
    const changed = await scaled(part, tensor, factor);
    const out = join(folder, `out-${part}-${tensor}`);
    await expect(run({ ...quickConfig(out), [part]: changed }, silentEffects())).rejects.toThrow(message);
    expect(await readdir(out)).not.toContain('run.json');
  });
});
