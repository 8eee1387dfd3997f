import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';
import { pathKind, readJsonFile } from '../../files/files.ts';
import { readTensor, type TensorFile } from '../../files/tensor-file.ts';
import { type HookPlace, placeOfHook } from './hook.ts';
import { checkK, parseConfig } from './parse-config.ts';
import { unprocessed } from './sae-processing.ts';
import type { Found, FoundSae, SaeFolder, SaeFormat, SaeWeights } from './sae-source.ts';
import { trainedOn } from './sae-training.ts';
import { transposed } from './tensor-folding.ts';
import { readable } from './unreadable.ts';

const weightsName = 'sae.safetensors';
const schema = z.looseObject({
  d_in: z.int().positive(),
  expansion_factor: z.number().positive().nullish(),
  num_latents: z.int().nonnegative().nullish(),
  k: z.int().positive(),
  activation: z.string().nullish(),
  signed: z.boolean().nullish(),
  skip_connection: z.boolean().nullish(),
  transcode: z.boolean().nullish(),
});
const runSchema = z.looseObject({ model: z.string().nullish(), ctx_len: z.int().positive().nullish() });

/**
 * sparsify's folders, one a hookpoint: cfg.json and sae.safetensors. ReLU, then the k largest; b_dec subtracted; the
 * folder is called by its module, whose output it reads, and holds one for each seed where there are several. What model
 * and contexts, config.json says a folder above.
 * Source: https://github.com/EleutherAI/sparsify, sparse_coder.py
 */
export const sparsify: SaeFormat = {
  name: 'sparsify',
  find: async (folder) => (folder.names.includes(weightsName) ? [await findIn(folder)] : []),
};

async function findIn({ path, names }: SaeFolder): Promise<Found> {
  const hookFolder = hookpointOf(resolve(path));
  const hook = basename(hookFolder);
  const place = placeOfHook(hook);
  if (!place) return { path, of: hook };
  const runConfigPath = join(dirname(hookFolder), 'config.json');
  return readable({ path, layer: place.layer }, () => findAt(place, { path, names, runConfigPath }));
}

/** The folder of a hookpoint, which may hold one for each seed. */
const hookpointOf = (path: string): string => (/^seed\d+$/.test(basename(path)) ? dirname(path) : path);

interface Files extends Pick<SaeFolder, 'path' | 'names'> {
  readonly runConfigPath: string;
}

async function findAt(place: HookPlace, { path, names, runConfigPath }: Files): Promise<FoundSae> {
  if (!names.includes('cfg.json')) throw new UserError(`missing file: cfg.json (${path})`);
  const configPath = join(path, 'cfg.json');
  const cfg = parseConfig(schema, await readJsonFile(configPath), configPath);
  checkPlain(cfg, configPath);
  const { d_in: dIn, k } = cfg;
  const dSae = cfg.num_latents || dIn * (cfg.expansion_factor ?? 32);
  checkK(k, dSae, configPath);
  const run = await runConfig(runConfigPath);
  const training = trainedOn(run.model ?? undefined, run.ctx_len ?? undefined);
  const config = { ...place, dIn, dSae, processing: unprocessed('sparsify runs the model as it is'), training };
  return {
    config,
    configPath,
    weightsPath: join(path, weightsName),
    read: (file) => readWeights({ dIn, dSae, k }, file),
  };
}

async function runConfig(path: string): Promise<z.infer<typeof runSchema>> {
  if ((await pathKind(path)) !== 'file') return {};
  return runSchema.safeParse(await readJsonFile(path)).data ?? {};
}

function checkPlain(cfg: z.infer<typeof schema>, file: string): void {
  const { activation, signed, skip_connection: skip, transcode } = cfg;
  if (transcode) throw new UserError(`unsupported transcode: true, expected an autoencoder (${file})`);
  if (skip) throw new UserError(`unsupported skip_connection: true, expected none (${file})`);
  if (signed) throw new UserError(`unsupported signed: true, expected activations of ReLU (${file})`);
  if (activation && activation !== 'topk') {
    throw new UserError(`unsupported activation: ${activation}, expected topk (${file})`);
  }
}

async function readWeights(
  { dIn, dSae, k }: { readonly dIn: number; readonly dSae: number; readonly k: number },
  file: TensorFile,
): Promise<SaeWeights> {
  if (file.shapes.has('W_skip')) throw new UserError(`unsupported skip connection: it holds W_skip (${file.path})`);
  return {
    ...{ dIn, dSae, subtractDecoderBias: true, activation: { kind: 'topk', k } },
    wEnc: transposed(await readTensor(file, 'encoder.weight', [dSae, dIn])),
    bEnc: await readTensor(file, 'encoder.bias', [dSae]),
    wDec: await readTensor(file, 'W_dec', [dSae, dIn]),
    bDec: await readTensor(file, 'b_dec', [dIn]),
  };
}
