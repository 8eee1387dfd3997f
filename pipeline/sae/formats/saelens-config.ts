import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';
import type { InputNormalization } from '../input-normalization.ts';
import { type HookPlace, placeOfHook } from './hook.ts';
import { checkK, parseConfig } from './parse-config.ts';
import { isWrittenBySaeLens, processingFields, saeLensProcessing } from './sae-processing.ts';
import type { SaeConfig } from './sae-source.ts';
import { saeLensTraining, trainingFields } from './sae-training.ts';

/** What SAELens's cfg.json says. */
export interface SaeLensConfig {
  readonly config: SaeConfig;
  readonly activation: { readonly kind: 'relu' | 'jumprelu' | 'gated' } | { readonly kind: 'topk'; readonly k: number };
  readonly subtractDecoderBias: boolean;
  /** `mean` multiplies the input by one factor, which may be here or in a file beside. */
  readonly normalization: InputNormalization | 'mean' | undefined;
  readonly normScalingFactor: number | undefined;
  /** Pre-activations are multiplied by their decoder row's norm, and the row divided by it. */
  readonly rescaleByDecoderNorm: boolean;
  /** Decoder rows are scaled by a tensor, finetuning_scaling_factor. */
  readonly hasScalingFactor: boolean;
}

const size = z.int().positive();
const hookFields = {
  hook_name: z.string().nullish(),
  hook_point: z.string().nullish(),
  hf_hook_name: z.string().nullish(),
  hook_layer: z.int().nullish(),
  hook_point_layer: z.int().nullish(),
  hook_head_index: z.int().nullish(),
  hook_point_head_index: z.int().nullish(),
};
const bookFields = { ...hookFields, ...processingFields, ...trainingFields };
const schema = z.looseObject({
  ...bookFields,
  metadata: z.looseObject(bookFields).nullish(),
  architecture: z.string().nullish(),
  d_in: size,
  d_sae: size,
  k: size.nullish(),
  activation_fn: z.string().nullish(),
  activation_fn_str: z.string().nullish(),
  activation_fn_kwargs: z.looseObject({ k: size.nullish() }).nullish(),
  apply_b_dec_to_input: z.boolean().default(true),
  normalize_activations: z.union([z.string(), z.boolean()]).nullish(),
  norm_scaling_factor: z.number().positive().nullish(),
  rescale_acts_by_decoder_norm: z.boolean().nullish(),
  finetuning_scaling_factor: z.boolean().nullish(),
});
type Json = z.infer<typeof schema>;

const bookSchema = z.looseObject({ ...hookFields, metadata: z.looseObject(hookFields).nullish() });

/** Fields as they are found flat (before SAELens 6) or under `metadata`. */
function book<T extends { readonly metadata?: Partial<T> | null | undefined }>(cfg: T): Partial<T> {
  return { ...cfg.metadata, ...withoutNulls(cfg) };
}

function withoutNulls<T extends object>(cfg: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(cfg).filter(([, value]) => value !== null && value !== undefined),
  ) as Partial<T>;
}

/** The hook that a cfg.json names, and where it is: nothing where it is not an attention output. */
export function saeLensHook(
  json: unknown,
  file: string,
): { readonly hook: string; readonly place: HookPlace | undefined } {
  const { hook_name, hook_point, hf_hook_name } = hookSchema(json, file);
  const names = [hook_name ?? hook_point, hf_hook_name].filter((name) => typeof name === 'string');
  const [hook] = names;
  if (hook === undefined) throw new UserError(`missing hook_name (${file})`);
  return { hook, place: names.map(placeOfHook).find((place) => place !== undefined) };
}

const hookSchema = (json: unknown, file: string): z.infer<typeof bookSchema> =>
  book(parseConfig(bookSchema, json, file));

/**
 * Reads SAELens's cfg.json, the flat one (before 6.0) and the one with `metadata`.
 * Its own defaults hold: architecture standard, b_dec subtracted, no normalisation.
 * Source: https://github.com/decoderesearch/SAELens, handle_pre_6_0_config and SAEConfig.
 */
export function parseSaeLensConfig(json: unknown, place: HookPlace, file: string): SaeLensConfig {
  const cfg = parseConfig(schema, json, file);
  const fields = book(cfg);
  const head = fields.hook_head_index ?? fields.hook_point_head_index;
  if (head !== null && head !== undefined) {
    throw new UserError(`unsupported hook_head_index: ${head}, expected null: all heads concatenated (${file})`);
  }
  const activation = activationOf(cfg, file);
  if (cfg.rescale_acts_by_decoder_norm && activation.kind !== 'topk') {
    throw new UserError(
      `unsupported rescale_acts_by_decoder_norm: true of a ${activation.kind} sae, expected false: fold the norms first (${file})`,
    );
  }
  const training = saeLensTraining(fields, file);
  const stated = fields.hook_layer ?? fields.hook_point_layer ?? place.layer;
  const moved = `its config says layer ${stated}, its hook ${place.layer}, which is taken`;
  return {
    config: {
      ...place,
      dIn: cfg.d_in,
      dSae: cfg.d_sae,
      processing: saeLensProcessing(fields, isWrittenBySaeLens(json), file),
      training: stated === place.layer ? training : { ...training, notes: [...training.notes, moved] },
    },
    activation,
    subtractDecoderBias: cfg.apply_b_dec_to_input,
    normalization: normalizationOf(cfg.normalize_activations, file),
    normScalingFactor: cfg.norm_scaling_factor ?? undefined,
    rescaleByDecoderNorm: cfg.rescale_acts_by_decoder_norm ?? false,
    hasScalingFactor: cfg.finetuning_scaling_factor ?? false,
  };
}

function activationOf(cfg: Json, file: string): SaeLensConfig['activation'] {
  const fn = cfg.activation_fn ?? cfg.activation_fn_str ?? 'relu';
  const architecture = cfg.architecture ?? 'standard';
  if (architecture === 'jumprelu' || architecture === 'gated') return { kind: architecture };
  if (architecture === 'topk' || (architecture === 'standard' && fn === 'topk')) {
    const k = cfg.k ?? cfg.activation_fn_kwargs?.k;
    if (k === undefined || k === null) throw new UserError(`missing k of a topk sae (${file})`);
    checkK(k, cfg.d_sae, file);
    return { kind: 'topk', k };
  }
  if (architecture !== 'standard') {
    const known = 'standard, jumprelu, topk or gated';
    throw new UserError(`unsupported sae architecture: ${architecture}, expected ${known} (${file})`);
  }
  if (fn !== 'relu') throw new UserError(`unsupported activation_fn: ${fn}, expected relu or topk (${file})`);
  return { kind: 'relu' };
}

/** `true` is how old configs say expected_average_only_in. */
function normalizationOf(given: Json['normalize_activations'], file: string): SaeLensConfig['normalization'] {
  if (given === undefined || given === null || given === false || given === 'none') return undefined;
  if (given === true || given === 'expected_average_only_in') return 'mean';
  if (given === 'layer_norm' || given === 'constant_norm_rescale') return given;
  const known = 'none, expected_average_only_in, layer_norm or constant_norm_rescale';
  throw new UserError(`unsupported normalize_activations: ${given}, expected ${known} (${file})`);
}
