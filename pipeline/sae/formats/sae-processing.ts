import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';
import type { FoldedBias } from '../folded-bias.ts';

/** Which version of z an SAE was trained on, and what says so. */
export interface SaeProcessing {
  /** What its model's z was without. */
  readonly bias: FoldedBias;
  readonly reason: string;
}

/** The first SAELens that trains on the unprocessed model, and that writes model_from_pretrained_kwargs. */
const unprocessedSince = [3, 19, 2] as const;

const kwargs = z.looseObject({
  fold_value_biases: z.boolean().nullish(),
  fold_ln: z.boolean().nullish(),
  refactor_factored_attn_matrices: z.boolean().nullish(),
});

/** The fields of cfg.json that say how the model was loaded; SAELens 6 has them under `metadata`. */
export const processingFields = {
  sae_lens_training_version: z.string().nullish(),
  model_from_pretrained_kwargs: kwargs.nullish(),
};

export interface ProcessingFields {
  readonly sae_lens_training_version?: string | null | undefined;
  readonly model_from_pretrained_kwargs?: z.infer<typeof kwargs> | null | undefined;
}

/** The paper's own SAEs, trained on TransformerLens's default model. Source: ckkissane/attention-output-saes, train.py. */
export const paperProcessing: SaeProcessing = {
  bias: 'value_and_norm',
  reason: 'the release of arXiv:2406.17759: its model has LayerNorm and value biases folded',
};

/** Fields that SAELens's trainer has always written and that nobody who writes a config by hand needs. */
const trainerMarks = [
  ...['metadata', 'sae_lens_version', 'sae_lens_training_version', 'device', 'finetuning_scaling_factor'],
  ...['dataset_trust_remote_code', 'activation_fn_kwargs', 'hook_point', 'hook_point_layer', 'from_pretrained_path'],
];

/** Whether SAELens wrote a config, rather than someone who used its layout for an SAE of their own. */
export function isWrittenBySaeLens(json: unknown): boolean {
  return typeof json === 'object' && json !== null && trainerMarks.some((field) => field in json);
}

const unknownTrainer: SaeProcessing = {
  bias: 'none',
  reason: 'its config names no trainer (--processing folded if SAELens before 3.19.2 trained it)',
};

/** Of a library that loads models without TransformerLens's processing, or of a model that has nothing to fold. */
export const unprocessed = (reason: string): SaeProcessing => ({ bias: 'none', reason });

/**
 * What SAELens folded of a model when it trained an SAE: what model_from_pretrained_kwargs says (TransformerLens's
 * options, over no processing), else all of it before 3.19.2, which loaded models with the default processing; nothing
 * where SAELens did not write the config.
 * Source: https://github.com/jbloomAus/SAELens, load_model.py; #279.
 */
export function saeLensProcessing(fields: ProcessingFields, isSaeLens: boolean, file: string): SaeProcessing {
  const { sae_lens_training_version: version, model_from_pretrained_kwargs: given } = fields;
  if (given?.refactor_factored_attn_matrices) {
    throw new UserError(
      `unsupported refactor_factored_attn_matrices: true, expected false: it turns z inside each head (${file})`,
    );
  }
  const isOld = version ? isBefore(version, unprocessedSince) : undefined;
  if (given && (Object.keys(given).length > 0 || isOld !== true)) return processingOf(given);
  if (isOld === false) return { bias: 'none', reason: `SAELens ${version} trains on the unprocessed model` };
  if (!isSaeLens) return unknownTrainer;
  const trained = version ? `trained by SAELens ${version}` : 'no sae_lens_training_version';
  return { bias: 'value_and_norm', reason: `${trained}: before 3.19.2 SAELens folded LayerNorm and value biases` };
}

function processingOf({ fold_value_biases: value, fold_ln: norm }: z.infer<typeof kwargs>): SaeProcessing {
  const says = 'model_from_pretrained_kwargs says';
  if (!value) return { bias: 'none', reason: `${says} no fold_value_biases` };
  if (!norm) return { bias: 'value', reason: `${says} fold_value_biases without fold_ln` };
  return { bias: 'value_and_norm', reason: `${says} fold_value_biases and fold_ln` };
}

/** Whether a version such as 3.19.1 or 6.0.0-rc.2 comes before another; one that cannot be read does. */
function isBefore(version: string, [major, minor, patch]: readonly [number, number, number]): boolean {
  const match = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(version);
  if (!match) return true;
  const [a, b, c] = match.slice(1).map((part: string | undefined) => Number(part ?? 0));
  return (a - major || b - minor || c - patch) < 0;
}
