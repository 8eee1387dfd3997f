import { join, resolve } from 'node:path';
import { UserError } from '../../errors/user-error.ts';
import { openNpz } from '../../files/npz/npz-file.ts';
import { readTensor, type TensorFile } from '../../files/tensor-file.ts';
import { readGemmaWeights, widthsOf } from './gemma-weights.ts';
import { partsOf, scopeModel } from './path-parts.ts';
import { unprocessed } from './sae-processing.ts';
import type { SaeFormat } from './sae-source.ts';
import { trainedOn } from './sae-training.ts';

const weightsName = 'params.npz';
/** layer_3/width_16k/average_l0_104, or /canonical in place of the L0. */
const treePath = /(?:^|\/)(?:layer_(\d+)|(embedding))\/width_(\w+)\/(?:average_l0_(\d+)|(canonical))$/;
/** Tokens of its contexts. Source: Lieberum et al. 2024, arXiv:2408.05147, section 3. */
const contextSize = 1024;

/**
 * Gemma Scope's trees as they are downloaded: JumpReLU, b_dec not subtracted, z of all heads. The path says the layer, and
 * of what the SAEs are where a folder above is called by its release, gemma-scope-2b-pt-att; otherwise they are of z.
 * Source: Lieberum et al. 2024, arXiv:2408.05147; https://huggingface.co/google/gemma-scope
 */
export const gemmaScope: SaeFormat = {
  name: 'Gemma Scope',
  async find({ path, names }) {
    if (!names.includes(weightsName)) return [];
    const parts = partsOf(resolve(path));
    const found: readonly (string | undefined)[] = treePath.exec(parts.join('/')) ?? [];
    const [, layer, embedding, width, l0, canonical] = found;
    if (layer === undefined && embedding === undefined) {
      if (names.includes('cfg.json')) return [];
      const expected = 'layer_L/width_W/average_l0_N/params.npz, or a cfg.json beside it';
      throw new UserError(`unknown layer of a gemma scope sae, expected ${expected} (${path})`);
    }
    const release = parts.findLast((part) => /gemma-?scope/i.test(part)) ?? '';
    const of =
      embedding ??
      otherSite(release) ??
      parts
        .slice(-4)
        .map(otherSite)
        .find((site) => site !== undefined);
    if (of !== undefined || layer === undefined) return [{ path, of: `Gemma Scope's ${of}` }];
    const weightsPath = join(path, weightsName);
    const config = {
      ...({ layer: Number(layer), site: 'z' } as const),
      ...(await widthsOf(weightsPath, openNpz, ['W_enc', 'w_enc'])),
      ...{ processing: unprocessed('Gemma has no value bias'), training: trainedOn(scopeModel(release), contextSize) },
      ...{ width, l0: l0 ?? canonical },
    };
    return [{ config, configPath: undefined, weightsPath, read: readWeights }];
  },
};

/** What a folder's name says that its SAEs are of, where that is no attention output. */
const otherSite = (part: string): string | undefined =>
  /(?:^|[-_])(res|resid|mlp|transcoders?)(?:[-_]|$)/i.exec(part)?.[1];

/** Old files have w_enc for W_enc, as SAELens's converter allows for. */
async function readWeights(file: TensorFile) {
  const name = (letter: string) => (file.shapes.has(`W_${letter}`) ? `W_${letter}` : `w_${letter}`);
  const weights = await readGemmaWeights(file, name('enc'), name('dec'));
  const scaling = file.shapes.has('scaling_factor')
    ? await readTensor(file, 'scaling_factor', [weights.dSae])
    : undefined;
  if (scaling?.data.some((value) => value !== 1)) {
    throw new UserError(`unsupported scaling_factor of a gemma scope sae, expected ones (${file.path})`);
  }
  return weights;
}
