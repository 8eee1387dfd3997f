import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';
import { pathKind, readJsonFile } from '../../files/files.ts';
import { readTensor, type TensorFile } from '../../files/tensor-file.ts';
import { type FloatTensor, float32 } from '../../numbers/tensor.ts';
import { placeOfHook } from './hook.ts';
import { parseConfig } from './parse-config.ts';
import { unprocessed } from './sae-processing.ts';
import type { FoundSae, LeftOut, SaeFolder, SaeFormat, SaeWeights } from './sae-source.ts';
import { trainedOn } from './sae-training.ts';
import { foldDecoderBias, jumpRelu, rowNorms, scaleAll, transposed } from './tensor-folding.ts';

const configName = 'hyperparams.json';
const size = z.int().positive();
const schema = z.looseObject({
  hook_point_in: z.string(),
  hook_point_out: z.string().nullish(),
  d_model: size,
  d_sae: size,
  act_fn: z.string(),
  jump_relu_threshold: z.number().nullish(),
  norm_activation: z.string().nullish(),
  dataset_average_activation_norm: z.looseObject({ in: z.number().positive(), out: z.number().positive() }).nullish(),
  sparsity_include_decoder_norm: z.boolean().nullish(),
  apply_decoder_bias_to_pre_encoder: z.boolean().nullish(),
  use_glu_encoder: z.boolean().nullish(),
});
type Config = z.infer<typeof schema>;
const modelSchema = z.looseObject({ model_name: z.string().nullish() });
/** As SAELens has it for the release. */
const contextSize = 1024;

/**
 * Llama Scope's folders: hyperparams.json and checkpoints/final.safetensors. JumpReLU of one threshold, which a feature's
 * pre-activation times its decoder row's norm has to pass; inputs are multiplied by √dModel/norm_in, outputs divided by
 * √dModel/norm_out, both mean norms of the data, which are folded.
 * Source: He et al. 2024, arXiv:2410.20526; https://github.com/OpenMOSS/Language-Model-SAEs
 */
export const llamaScope: SaeFormat = {
  name: 'Llama Scope',
  find: async (folder) => (folder.names.includes(configName) ? [await findIn(folder)] : []),
};

async function findIn({ path, names }: SaeFolder): Promise<FoundSae | LeftOut> {
  const configPath = join(path, configName);
  const cfg = parseConfig(schema, await readJsonFile(configPath), configPath);
  const place = placeOfHook(cfg.hook_point_in);
  if (!place) return { path, of: cfg.hook_point_in };
  checkPlain(cfg, configPath);
  const weightsPath = join(path, 'checkpoints', 'final.safetensors');
  if ((await pathKind(weightsPath)) !== 'file') {
    throw new UserError(`missing file: checkpoints/final.safetensors (${path})`);
  }
  const model = names.includes('lm_config.json') ? await readJsonFile(join(path, 'lm_config.json')) : {};
  const training = trainedOn(modelSchema.safeParse(model).data?.model_name ?? undefined, contextSize);
  const sizes = { dIn: cfg.d_model, dSae: cfg.d_sae };
  const config = { ...place, ...sizes, processing: unprocessed('Llama has no value bias'), training };
  return { config, configPath, weightsPath, read: (file) => readWeights(cfg, file) };
}

function checkPlain(cfg: Config, file: string): void {
  const unsupported = (what: string, expected: string) =>
    new UserError(`unsupported ${what}, expected ${expected} (${file})`);
  if (cfg.hook_point_out && cfg.hook_point_out !== cfg.hook_point_in) {
    throw unsupported(`transcoder: it writes ${cfg.hook_point_out}`, 'what it reads');
  }
  if (cfg.use_glu_encoder) throw unsupported('use_glu_encoder: true', 'false');
  if (!['jumprelu', 'relu'].includes(cfg.act_fn)) throw unsupported(`act_fn: ${cfg.act_fn}`, 'jumprelu or relu');
  if (cfg.act_fn === 'jumprelu' && typeof cfg.jump_relu_threshold !== 'number') {
    throw new UserError(`missing jump_relu_threshold (${file})`);
  }
  const { norm_activation: norm } = cfg;
  if (norm && !['dataset-wise', 'token-wise', 'inference', 'none'].includes(norm)) {
    throw unsupported(`norm_activation: ${norm}`, 'dataset-wise, token-wise, inference or none');
  }
  if (norm === 'dataset-wise' && !cfg.dataset_average_activation_norm) {
    throw new UserError(`missing dataset_average_activation_norm (${file})`);
  }
}

async function readWeights(cfg: Config, file: TensorFile): Promise<SaeWeights> {
  const { d_model: dIn, d_sae: dSae } = cfg;
  const wEnc = transposed(await readTensor(file, 'encoder.weight', [dSae, dIn]));
  const bEnc = await readTensor(file, 'encoder.bias', [dSae]);
  const wDec = transposed(await readTensor(file, 'decoder.weight', [dIn, dSae]));
  const hasBias = file.shapes.has('decoder.bias');
  const bDec = hasBias ? await readTensor(file, 'decoder.bias', [dIn]) : float32([dIn]);
  const activation = activationOf(cfg, wDec);
  if (cfg.apply_decoder_bias_to_pre_encoder) foldDecoderBias(wEnc, bEnc, bDec);
  const weights = { dIn, dSae, subtractDecoderBias: false, activation, wEnc, bEnc, wDec, bDec };
  if (cfg.norm_activation === 'token-wise') return { ...weights, normalization: 'constant_norm_rescale' };
  const norms = cfg.norm_activation === 'dataset-wise' ? cfg.dataset_average_activation_norm : undefined;
  if (norms) {
    scaleAll(wEnc, Math.sqrt(dIn) / norms.in);
    for (const tensor of [wDec, bDec]) scaleAll(tensor, norms.out / Math.sqrt(dIn));
  }
  return weights;
}

/** wDec [dSae, dIn] as it is stored, before the scale of the outputs is folded. */
function activationOf(cfg: Config, wDec: FloatTensor): SaeWeights['activation'] {
  const { act_fn: fn, jump_relu_threshold: threshold, sparsity_include_decoder_norm: included } = cfg;
  if (fn === 'relu') return { kind: 'relu' };
  const one = threshold ?? 0;
  return jumpRelu(rowNorms(wDec).map((norm) => (included && norm > 0 ? one / norm : one)));
}
