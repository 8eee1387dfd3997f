import { join, resolve } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';
import { readJsonFile } from '../../files/files.ts';
import { openSafetensors } from '../../files/safetensors/safetensors.ts';
import type { TensorFile } from '../../files/tensor-file.ts';
import { readGemmaWeights, widthsOf } from './gemma-weights.ts';
import { placeOfHook } from './hook.ts';
import { parseConfig } from './parse-config.ts';
import { partsOf, scopeModel } from './path-parts.ts';
import { unprocessed } from './sae-processing.ts';
import type { FoundSae, LeftOut, SaeFolder, SaeFormat } from './sae-source.ts';
import { trainedOn } from './sae-training.ts';

const weightsName = 'params.safetensors';
const schema = z.looseObject({
  architecture: z.string().nullish(),
  model_name: z.string().nullish(),
  hf_hook_point_in: z.string().nullish(),
  hf_hook_point_out: z.string().nullish(),
  affine_connection: z.boolean().nullish(),
});
/** attn_out/layer_13_width_16k_l0_medium; the site's folder may be attn_out_all. */
const treePath = /(?:^|\/)(?:([^/]+)\/)?layer_(\d+)_width_(\w+?)_l0_(\w+)$/;
/** As SAELens has it for the release. */
const contextSize = 1024;

/**
 * Gemma Scope 2's folders, config.json and params.safetensors: JumpReLU, b_dec not subtracted; its attn_out is z, the
 * input of o_proj. The path stands in for a config.json that is not there.
 * Source: https://huggingface.co/google/gemma-scope-2
 */
export const gemmaScope2: SaeFormat = {
  name: 'Gemma Scope 2',
  find: async (folder) => (folder.names.includes(weightsName) ? [await findIn(folder)] : []),
};

async function findIn({ path, names }: SaeFolder): Promise<FoundSae | LeftOut> {
  const parts = partsOf(resolve(path));
  const [, site, layer, width, l0] = treePath.exec(parts.join('/')) ?? [];
  const configPath = names.includes('config.json') ? join(path, 'config.json') : undefined;
  const where = configPath ?? path;
  const cfg = parseConfig(schema, configPath === undefined ? {} : await readJsonFile(configPath), where);
  const isZ = site?.startsWith('attn_out') && layer !== undefined;
  const hook = cfg.hf_hook_point_in ?? (isZ ? `model.layers.${layer}.self_attn.o_proj.input` : site);
  if (hook === undefined) throw new UserError(`missing hf_hook_point_in (${where})`);
  const place = placeOfHook(hook);
  if (!place) return { path, of: hook };
  checkPlain(cfg, where);
  const weightsPath = join(path, weightsName);
  const release = scopeModel(parts.findLast((part) => /gemma-?scope-2/i.test(part)) ?? '');
  const config = {
    ...place,
    ...(await widthsOf(weightsPath, openSafetensors, ['w_enc'])),
    processing: unprocessed('Gemma has no value bias'),
    training: trainedOn(cfg.model_name ?? release, contextSize),
    ...{ width, l0 },
  };
  return { config, configPath, weightsPath, read: readWeights };
}

function checkPlain(cfg: z.infer<typeof schema>, file: string): void {
  if (cfg.architecture && cfg.architecture !== 'jump_relu') {
    throw new UserError(`unsupported sae architecture: ${cfg.architecture}, expected jump_relu (${file})`);
  }
  const out = cfg.hf_hook_point_out;
  if (out && out !== cfg.hf_hook_point_in) {
    throw new UserError(`unsupported transcoder: it writes ${out}, expected what it reads (${file})`);
  }
  if (cfg.affine_connection) throw affine('affine_connection is true', file);
}

function readWeights(file: TensorFile) {
  if (file.shapes.has('affine_skip_connection')) throw affine('it holds affine_skip_connection', file.path);
  return readGemmaWeights(file, 'w_enc', 'w_dec');
}

const affine = (why: string, file: string) =>
  new UserError(`unsupported affine skip connection: ${why}, expected none (${file})`);
