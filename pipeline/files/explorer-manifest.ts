import { z } from 'zod';
import { UserError } from '../errors/user-error.ts';
import { modelConfigSchema } from '../model/model.ts';
import { inputNormalizations } from '../sae/input-normalization.ts';
import { sites } from '../sae/site.ts';

const size = z.int().positive();
const id = z.int().nonnegative();

/** A file beside the manifest; its name holds a hash of its content, so that it can be kept for good. */
const fileSchema = z.object({ path: z.string(), bytes: size });
export type ExplorerFile = z.infer<typeof fileSchema>;

const saeSchema = z.object({
  id: z.string(),
  layer: id,
  site: z.enum(sites),
  dIn: size,
  dSae: size,
  activation: z.union([
    z.object({ kind: z.enum(['relu', 'jumprelu']) }),
    z.object({ kind: z.literal('topk'), k: size }),
  ]),
  subtractDecoderBias: z.boolean(),
  normalization: z.enum(inputNormalizations).optional(),
  source: z.string(),
  /** wEnc, wDec, bEnc, bDec, JumpReLU's threshold, and `mean` [dSae], the features' mean activations over the corpus. */
  file: fileSchema,
});
export type ExplorerSae = z.infer<typeof saeSchema>;

/** The name of a layer's mean z among its tensors. */
export const zMean = 'z.mean';

const manifestSchema = z.object({
  version: z.literal(3),
  /** Hash of everything else here, and so of every file. */
  fingerprint: z.string(),
  modelName: z.string(),
  config: modelConfigSchema,
  /** Tokens of a prompt at most: the context that the run's tables were made with. */
  maxTokens: size,
  /** Whether the run's contexts begin with BOS, as prompts then do. */
  prependBos: z.boolean().default(true),
  /** TokenizerParts as JSON. */
  tokenizer: fileSchema,
  /** Tensors that belong to no layer. */
  shared: fileSchema,
  /** Each layer's tensors, and zMean [nHeads·dHead], its mean z over the corpus, where that was measured. */
  layers: z.array(fileSchema),
  /** By layer; of each, the one that is used unless another is picked comes first. */
  saes: z.array(saeSchema),
});

/** What the explorer computes with: OUT/explorer/manifest.json. */
export type ExplorerManifest = z.infer<typeof manifestSchema>;

/** Throws UserError where it is none, or one of another version of the site. */
export function parseExplorerManifest(json: unknown, file: string): ExplorerManifest {
  const parsed = manifestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UserError(`malformed explorer manifest: ${issue?.path.join('.')}: ${issue?.message} (${file})`);
}
