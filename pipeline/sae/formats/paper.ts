import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';
import { pathKind, readJsonFile } from '../../files/files.ts';
import { readTensor, type TensorFile } from '../../files/tensor-file.ts';
import { openTorchFile } from '../../files/torch/torch-file.ts';
import { refuseForeignConfig, refuseForeignTensors } from './foreign-format.ts';
import { placeOfHook } from './hook.ts';
import { parseConfig } from './parse-config.ts';
import { paperProcessing } from './sae-processing.ts';
import type { Found, FoundSae, LeftOut, SaeFormat, SaeWeights } from './sae-source.ts';
import { saeLensTraining } from './sae-training.ts';
import { readable } from './unreadable.ts';

const size = z.int().positive();
const schema = z.looseObject({
  act_name: z.string().nullish(),
  site: z.string().nullish(),
  layer: z.int().nullish(),
  head: z.union([z.string(), z.int()]).nullish(),
  act_size: size,
  dict_size: size,
  model_name: z.string().nullish(),
  seq_len: size.nullish(),
});

/**
 * The paper's own release, NAME.pt with NAME_cfg.json: ReLU, b_dec subtracted, all heads concatenated.
 * Source: https://huggingface.co/ckkissane/attn-saes-gpt2-small-all-layers
 */
export const paper: SaeFormat = {
  name: "the paper's",
  async find({ path, names }) {
    const found: Found[] = [];
    for (const name of names.filter((candidate) => candidate.endsWith('.pt'))) {
      // SAELens's conversions of other releases are folders called so.
      if ((await pathKind(join(path, name))) === 'folder') continue;
      const configName = name.replace(/\.pt$/, '_cfg.json');
      const own = join(path, name);
      const missing = `missing file: ${configName} of ${name} (${path})`;
      const one = names.includes(configName)
        ? await readable({ path: own }, () => findOne(own, join(path, configName)))
        : await withoutConfig(own, name, missing);
      if (one) found.push(one);
    }
    return found;
  },
};

const leftOut = (path: string, of: string, message: string): LeftOut => ({ path, of, error: new UserError(message) });

/**
 * What a .pt is that no config tells of: an SAE of a library that its tensors name, or one whose config is missing. Nothing
 * where it has no SAE's tensors, such as the state of an optimizer.
 */
async function withoutConfig(path: string, name: string, missing: string): Promise<LeftOut | undefined> {
  const tensors = await readable({ path }, () => tensorNames(path));
  if ('error' in tensors) return { path, of: name, error: tensors.error };
  const format = await readable({ path }, async () => refuseForeignTensors(tensors, false, path));
  if (format) return { path, of: name, error: format.error };
  return tensors.has('W_enc') ? leftOut(path, name, missing) : undefined;
}

async function tensorNames(path: string): Promise<ReadonlySet<string>> {
  const file = await openTorchFile(path);
  await file.close();
  return new Set(file.shapes.keys());
}

async function findOne(weightsPath: string, configPath: string): Promise<FoundSae | LeftOut> {
  const json = await readJsonFile(configPath);
  refuseForeignConfig(json, configPath);
  const cfg = parseConfig(schema, json, configPath);
  const hook = cfg.act_name ?? (cfg.site ? `blocks.${cfg.layer}.attn.hook_${cfg.site}` : undefined);
  if (hook === undefined) throw new UserError(`missing act_name (${configPath})`);
  const place = placeOfHook(hook);
  if (!place) return { path: weightsPath, of: hook };
  if (cfg.head !== null && cfg.head !== undefined && cfg.head !== 'cat') {
    const message = `unsupported head: ${cfg.head}, expected cat: all heads concatenated (${configPath})`;
    return leftOut(weightsPath, `head ${cfg.head} of ${hook}`, message);
  }
  const training = saeLensTraining({ model_name: cfg.model_name, context_size: cfg.seq_len }, configPath);
  const sizes = { dIn: cfg.act_size, dSae: cfg.dict_size };
  const config = { ...place, ...sizes, processing: paperProcessing, training };
  return { config, configPath, weightsPath, read: (file) => readWeights(sizes, file) };
}

async function readWeights(
  { dIn, dSae }: { readonly dIn: number; readonly dSae: number },
  file: TensorFile,
): Promise<SaeWeights> {
  refuseForeignTensors(new Set(file.shapes.keys()), false, file.path);
  return {
    ...{ dIn, dSae, activation: { kind: 'relu' }, subtractDecoderBias: true },
    wEnc: await readTensor(file, 'W_enc', [dIn, dSae]),
    bEnc: await readTensor(file, 'b_enc', [dSae]),
    wDec: await readTensor(file, 'W_dec', [dSae, dIn]),
    bDec: await readTensor(file, 'b_dec', [dIn]),
  };
}
