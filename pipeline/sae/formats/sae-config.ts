import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';
import type { Place } from '../sae.ts';
import { refuseForeignConfig } from './foreign-format.ts';
import {
  isWrittenBySaeLens,
  paperProcessing,
  processingFields,
  type SaeProcessing,
  saeLensProcessing,
} from './sae-processing.ts';
import { type SaeTraining, saeLensTraining, trainingFields } from './sae-training.ts';

/** What an SAE's config file says, whichever release wrote it. */
export interface SaeConfig extends Place {
  readonly dIn: number;
  readonly dSae: number;
  readonly activation: { readonly kind: 'relu' | 'jumprelu' } | { readonly kind: 'topk'; readonly k: number };
  readonly subtractDecoderBias: boolean;
  /** Pre-activations are multiplied by their decoder row's norm, and the row divided by it. */
  readonly rescaleByDecoderNorm: boolean;
  /** The version of z that it was trained on. */
  readonly processing: SaeProcessing;
  /** Decoder rows are scaled by a tensor, finetuning_scaling_factor. */
  readonly hasScalingFactor: boolean;
  readonly training: SaeTraining;
}

const size = z.int().positive();
const hookFields = {
  hook_name: z.string().nullish(),
  hook_point: z.string().nullish(),
  hook_layer: z.int().nullish(),
  hook_point_layer: z.int().nullish(),
  hook_head_index: z.int().nullish(),
  hook_point_head_index: z.int().nullish(),
};
const bookFields = { ...hookFields, ...processingFields, ...trainingFields };
const kwargsSchema = z.looseObject({ k: size.nullish() });
const saeLensSchema = z.looseObject({
  ...bookFields,
  metadata: z.looseObject(bookFields).nullish(),
  architecture: z.string().nullish(),
  d_in: size,
  d_sae: size,
  k: size.nullish(),
  activation_fn: z.string().nullish(),
  activation_fn_str: z.string().nullish(),
  activation_fn_kwargs: kwargsSchema.nullish(),
  apply_b_dec_to_input: z.boolean().default(true),
  normalize_activations: z.union([z.string(), z.boolean()]).nullish(),
  rescale_acts_by_decoder_norm: z.boolean().nullish(),
  finetuning_scaling_factor: z.boolean().nullish(),
});
type SaeLensJson = z.infer<typeof saeLensSchema>;

/**
 * Reads SAELens's cfg.json, the flat one (before 6.0) and the one with `metadata`.
 * Its own defaults hold: architecture standard, b_dec subtracted, no normalisation.
 * Source: https://github.com/jbloomAus/SAELens, handle_pre_6_0_config and SAEConfig.
 */
export function parseSaeLensConfig(json: unknown, file: string): SaeConfig {
  refuseForeignConfig(json, file);
  const cfg = parse(saeLensSchema, json, file);
  checkNormalization(cfg.normalize_activations, file);
  const hook = { ...cfg.metadata, ...withoutNulls(cfg) };
  const head = hook.hook_head_index ?? hook.hook_point_head_index;
  if (head !== null && head !== undefined) {
    throw new UserError(`unsupported hook_head_index: ${head}, expected null: all heads concatenated (${file})`);
  }
  const activation = saeLensActivation(cfg, file);
  if (cfg.rescale_acts_by_decoder_norm && activation.kind !== 'topk') {
    throw new UserError(
      `unsupported rescale_acts_by_decoder_norm: true of a ${activation.kind} sae, expected false: fold the norms first (${file})`,
    );
  }
  return {
    ...placeOfHook(hook.hook_name ?? hook.hook_point, hook.hook_layer ?? hook.hook_point_layer, file),
    dIn: cfg.d_in,
    dSae: cfg.d_sae,
    activation,
    subtractDecoderBias: cfg.apply_b_dec_to_input,
    rescaleByDecoderNorm: cfg.rescale_acts_by_decoder_norm ?? false,
    processing: saeLensProcessing(hook, isWrittenBySaeLens(json), file),
    hasScalingFactor: cfg.finetuning_scaling_factor ?? false,
    training: saeLensTraining(hook, file),
  };
}

function withoutNulls(cfg: SaeLensJson): Partial<SaeLensJson> {
  return Object.fromEntries(Object.entries(cfg).filter(([, value]) => value !== null && value !== undefined));
}

function saeLensActivation(cfg: SaeLensJson, file: string): SaeConfig['activation'] {
  const fn = cfg.activation_fn ?? cfg.activation_fn_str ?? 'relu';
  const architecture = cfg.architecture ?? 'standard';
  if (architecture === 'jumprelu') return { kind: 'jumprelu' };
  if (architecture === 'topk' || (architecture === 'standard' && fn === 'topk')) {
    const k = cfg.k ?? cfg.activation_fn_kwargs?.k;
    if (k === undefined || k === null) throw new UserError(`missing k of a topk sae (${file})`);
    if (k > cfg.d_sae) throw new UserError(`k is ${k}, expected at most d_sae ${cfg.d_sae} (${file})`);
    return { kind: 'topk', k };
  }
  if (architecture !== 'standard') {
    throw new UserError(`unsupported sae architecture: ${architecture}, expected standard, jumprelu or topk (${file})`);
  }
  if (fn !== 'relu') throw new UserError(`unsupported activation_fn: ${fn}, expected relu or topk (${file})`);
  return { kind: 'relu' };
}

/** Every normalisation but none needs statistics that the checkpoint does not hold, or a step per token. */
function checkNormalization(normalize: SaeLensJson['normalize_activations'], file: string): void {
  if (normalize === undefined || normalize === null || normalize === false || normalize === 'none') return;
  throw new UserError(`unsupported normalize_activations: ${normalize}, expected none: fold it first (${file})`);
}

const paperSchema = z.looseObject({
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
 * Reads NAME_cfg.json of the paper's own release: ReLU, b_dec subtracted, all heads concatenated.
 * Source: https://huggingface.co/ckkissane/attn-saes-gpt2-small-all-layers
 */
export function parsePaperConfig(json: unknown, file: string): SaeConfig {
  refuseForeignConfig(json, file);
  const cfg = parse(paperSchema, json, file);
  if (cfg.head !== null && cfg.head !== undefined && cfg.head !== 'cat') {
    throw new UserError(`unsupported head: ${cfg.head}, expected cat: all heads concatenated (${file})`);
  }
  const hook = cfg.act_name ?? (cfg.site ? `blocks.${cfg.layer}.attn.hook_${cfg.site}` : undefined);
  return {
    ...placeOfHook(hook, cfg.layer, file),
    dIn: cfg.act_size,
    dSae: cfg.dict_size,
    activation: { kind: 'relu' },
    subtractDecoderBias: true,
    rescaleByDecoderNorm: false,
    processing: paperProcessing,
    hasScalingFactor: false,
    training: saeLensTraining({ model_name: cfg.model_name, context_size: cfg.seq_len }, file),
  };
}

/** The layer and the site that a hook's name holds: `blocks.5.attn.hook_z` is z of 5. A stated layer has to agree. */
function placeOfHook(hook: string | null | undefined, stated: number | null | undefined, file: string): Place {
  if (!hook) throw new UserError(`missing hook_name (${file})`);
  const match = /^blocks\.(\d+)\.attn\.hook_z$/.exec(hook);
  if (!match) throw new UserError(`unsupported hook: ${hook}, expected blocks.L.attn.hook_z (${file})`);
  const layer = Number(match[1]);
  if (stated !== undefined && stated !== null && stated !== layer) {
    throw new UserError(`layer mismatch: the hook is ${hook}, the layer ${stated} (${file})`);
  }
  return { layer, site: 'z' };
}

function parse<T extends z.ZodType>(schema: T, json: unknown, file: string): z.infer<T> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') || 'the whole';
  throw new UserError(`malformed sae config: ${field}: ${issue?.message.toLowerCase() ?? 'unreadable'} (${file})`);
}
