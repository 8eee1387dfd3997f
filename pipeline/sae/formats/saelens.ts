import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';
import { pathKind, readJsonFile } from '../../files/files.ts';
import { openSafetensors } from '../../files/safetensors/safetensors.ts';
import { readTensor, type TensorFile } from '../../files/tensor-file.ts';
import { foreign, refuseForeignConfig, refuseForeignTensors } from './foreign-format.ts';
import type { HookPlace } from './hook.ts';
import type { Found, FoundSae, SaeFolder, SaeFormat, SaeWeights } from './sae-source.ts';
import { parseSaeLensConfig, type SaeLensConfig, saeLensHook } from './saelens-config.ts';
import { centred, foldDecoderNorms, foldGate, jumpRelu, scaleAll, scaleRows } from './tensor-folding.ts';
import { readable } from './unreadable.ts';

/** Beside a cfg.json, the first of these that is there. */
const weightsNames = ['sae_weights.safetensors', 'sae_weights.npz', 'params.npz'] as const;

/** SAELens's cfg.json with sae_weights.safetensors, or the same tensors as .npz. */
export const saeLens: SaeFormat = {
  name: 'SAELens',
  async find(folder) {
    const weights = weightsNames.find((name) => folder.names.includes(name));
    const hasConfig = folder.names.includes('cfg.json');
    if (!hasConfig && (weights === undefined || weights === 'params.npz')) return [];
    if (!hasConfig) throw new UserError(`missing file: cfg.json (${folder.path})`);
    return [await findIn(folder, weights)];
  },
};

async function findIn(folder: SaeFolder, weights: string | undefined): Promise<Found> {
  const configPath = join(folder.path, 'cfg.json');
  const json = await readJsonFile(configPath);
  refuseForeignConfig(json, configPath);
  const { hook, place } = saeLensHook(json, configPath);
  const { path } = folder;
  if (!place) return { path, of: hook };
  return readable({ path, layer: place.layer }, () => findAt(place, json, { configPath, folder, weights }));
}

interface Files {
  readonly configPath: string;
  readonly folder: SaeFolder;
  readonly weights: string | undefined;
}

async function findAt(place: HookPlace, json: unknown, { configPath, folder, weights }: Files): Promise<FoundSae> {
  const parsed = parseSaeLensConfig(json, place, configPath);
  if (weights === undefined) throw new UserError(`missing file: ${weightsNames[0]} (${folder.path})`);
  if (weights.endsWith('.npz')) requireBiasFlag(json, configPath);
  const factor = parsed.normalization === 'mean' ? await normFactor(parsed, folder, configPath) : undefined;
  const { config } = parsed;
  const read = (file: TensorFile) => readWeights(parsed, factor, file);
  return { config, configPath, weightsPath: join(folder.path, weights), read };
}

/** An .npz is most likely Gemma Scope's, whose SAEs do not subtract b_dec, which is what SAELens does unless told. */
function requireBiasFlag(json: unknown, path: string): void {
  const flag = typeof json === 'object' && json !== null && 'apply_b_dec_to_input' in json;
  if (flag) return;
  throw new UserError(
    `missing apply_b_dec_to_input beside an .npz, expected false for Gemma Scope's, true where b_dec is subtracted (${path})`,
  );
}

const scalerSchema = z.looseObject({ scaling_factor: z.number().positive().nullish() });

/** √dIn over the mean norm of the inputs: in the config, or in what SAELens's trainer leaves beside its checkpoints. */
async function normFactor(
  { normScalingFactor }: SaeLensConfig,
  { path, names }: SaeFolder,
  configPath: string,
): Promise<number> {
  if (normScalingFactor !== undefined) return normScalingFactor;
  if (names.includes('activation_scaler.json')) {
    const parsed = scalerSchema.safeParse(await readJsonFile(join(path, 'activation_scaler.json')));
    if (parsed.data?.scaling_factor) return parsed.data.scaling_factor;
  }
  const stored = await storedFactor(join(path, 'activations_store_state.safetensors'));
  if (stored !== undefined) return stored;
  throw new UserError(
    `missing factor of normalize_activations expected_average_only_in, expected norm_scaling_factor in the config or activation_scaler.json beside it (${configPath})`,
  );
}

async function storedFactor(path: string): Promise<number | undefined> {
  if ((await pathKind(path)) !== 'file') return undefined;
  const file = await openSafetensors(path);
  try {
    const name = 'estimated_norm_scaling_factor';
    const shape = file.shapes.get(name);
    return shape && (await readTensor(file, name, shape)).data[0];
  } finally {
    await file.close();
  }
}

/** Reads an SAE's tensors and folds into them what its config asks for, so that they encode and decode plainly. */
async function readWeights(parsed: SaeLensConfig, factor: number | undefined, file: TensorFile): Promise<SaeWeights> {
  const { dIn, dSae } = parsed.config;
  refuseTurned(parsed, file);
  const wEnc = await readTensor(file, 'W_enc', [dIn, dSae]);
  const wDec = await readTensor(file, 'W_dec', [dSae, dIn]);
  const bDec = await readTensor(file, 'b_dec', [dIn]);
  const vector = (name: string) => readTensor(file, name, [dSae]);
  const gated = async () =>
    foldGate(wEnc, { rMag: await vector('r_mag'), bMag: await vector('b_mag'), bGate: await vector('b_gate') });
  const { activation, bEnc } =
    parsed.activation.kind === 'gated'
      ? await gated()
      : { activation: await readActivation(parsed, file), bEnc: await vector('b_enc') };
  if (factor !== undefined) {
    scaleAll(wEnc, factor);
    for (const tensor of [wDec, bDec]) scaleAll(tensor, 1 / factor);
  }
  if (parsed.rescaleByDecoderNorm) foldDecoderNorms(wEnc, bEnc, wDec);
  const scaling = await readScaling(parsed, file);
  if (scaling) scaleRows(wDec, scaling);
  const { subtractDecoderBias, normalization } = parsed;
  const weights = { dIn, dSae, activation, subtractDecoderBias, wEnc, bEnc, wDec, bDec };
  if (normalization === 'layer_norm') return centred(weights);
  return normalization === 'constant_norm_rescale' ? { ...weights, normalization } : weights;
}

/** Throws UserError for tensors of another library's, or those of W_enc's shape turned around. */
function refuseTurned({ config: { dIn, dSae }, activation }: SaeLensConfig, { shapes, path }: TensorFile): void {
  refuseForeignTensors(new Set(shapes.keys()), activation.kind === 'gated', path);
  const [rows, columns] = shapes.get('W_enc') ?? [];
  if (dIn !== dSae && rows === dSae && columns === dIn) {
    throw foreign('Qwen-Scope', `W_enc is [${rows}, ${columns}], turned around`, path);
  }
}

/**
 * What decoder rows are multiplied by: nothing without a tensor that says so, or without finetuning_scaling_factor in the
 * config, which a tensor of other values than 1 contradicts. As in SAELens, which rounds to five digits there.
 */
async function readScaling(
  { config: { dSae }, hasScalingFactor }: SaeLensConfig,
  file: TensorFile,
): Promise<Float32Array | undefined> {
  const [name = 'finetuning_scaling_factor'] = ['scaling_factor', 'finetuning_scaling_factor'].filter((candidate) =>
    file.shapes.has(candidate),
  );
  if (!file.shapes.has(name)) return undefined;
  const { data } = await readTensor(file, name, [dSae]);
  if (hasScalingFactor) return data;
  if (data.every((value) => Math.abs(value - 1) <= 1e-5)) return undefined;
  throw new UserError(
    `${name} holds values other than 1, expected finetuning_scaling_factor true in the config, or none there (${file.path})`,
  );
}

async function readActivation(
  { activation, config: { dSae } }: SaeLensConfig,
  file: TensorFile,
): Promise<SaeWeights['activation']> {
  if (activation.kind === 'jumprelu') return jumpRelu((await readTensor(file, 'threshold', [dSae])).data);
  if (file.shapes.has('threshold')) await refuseThreshold(activation.kind, dSae, file);
  return activation.kind === 'topk' ? activation : { kind: 'relu' };
}

/** A threshold says that the SAE is a JumpReLU one, whatever a config written by hand says. */
async function refuseThreshold(kind: string, dSae: number, file: TensorFile): Promise<void> {
  const { data } = await readTensor(file, 'threshold', [dSae]);
  if (data.every((value) => value <= 0)) return;
  throw new UserError(`a threshold beside a ${kind} sae, expected architecture jumprelu in its config (${file.path})`);
}
