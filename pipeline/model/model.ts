import { z } from 'zod';
import type { FloatTensor } from '../numbers/tensor.ts';

const size = z.int().positive();
const id = z.int().nonnegative();

/** Rotary positions: the first `dims` dimensions of every query and key are turned by position · frequency. */
const rotarySchema = z.object({
  dims: size,
  /** Radians a position, one for each pair of dimensions: [dims / 2]. */
  frequencies: z.array(z.number().positive()).readonly(),
  /** Which two dimensions make a pair: i and i + dims/2 (halves), or 2i and 2i + 1 (neighbours). */
  pairs: z.enum(['halves', 'neighbours']),
});
export type Rotary = Readonly<z.infer<typeof rotarySchema>>;

/** LayerNorm is centred and has a bias; RMSNorm has neither. Source: arXiv:1607.06450, arXiv:1910.07467. */
const normKind = z.enum(['layer', 'rms']);

/**
 * The sizes and conventions of a transformer, which its family reads from config.json. What a layer is made of follows
 * from it alone; only a family knows how a checkpoint names and lays out the tensors. A family gives the conventions in
 * which it differs from `plainConventions`.
 */
export const modelConfigSchema = z.object({
  modelType: z.string(),
  nLayers: size,
  nHeads: size,
  /** Heads that share keys and values: nHeads / nKvHeads queries read each. Source: arXiv:2305.13245. */
  nKvHeads: size,
  dHead: size,
  dModel: size,
  /** 0 of a model whose layers are attention alone. */
  dMlp: z.int().nonnegative(),
  /** Longest context the model was made for, in tokens. */
  nContext: size,
  vocabSize: size,

  norm: normKind,
  finalNorm: normKind,
  /** Whether norms multiply by a gain, and LayerNorms add a bias. */
  normGain: z.boolean(),
  /** Added to the variance, or to the mean square, inside a normalisation. */
  epsilon: z.number().positive(),
  /** Whether what attention and the MLP write is normalised before it is added to the residual stream. Source: arXiv:2408.00118, section 2. */
  postNorms: z.boolean(),
  /** Whether each head's queries and keys are normalised, before they are rotated. Source: arXiv:2010.04245. */
  queryKeyNorm: z.boolean(),

  positions: z.enum(['learned', 'none']),
  /** Of every layer, or of each its own; null where queries and keys are not rotated. */
  rotary: z.union([rotarySchema, z.array(rotarySchema.nullable()).readonly()]).nullable(),
  /** Multiplies the token embedding where it enters the residual stream. */
  embeddingScale: z.number().positive(),

  /** Multiplies q·k; null for 1/√dHead. */
  attentionScale: z.number().positive().nullable(),
  /** Attention scores become cap·tanh(score/cap), before the mask. Source: arXiv:2408.00118, section 2. */
  attentionSoftcap: z.number().positive().nullable(),
  /** Of each layer: a destination attends to itself and the `window − 1` sources before it; to all where null. */
  windows: z.array(size.nullable()).readonly().nullable(),

  activation: z.enum(['gelu_new', 'gelu', 'relu', 'silu', 'solu']),
  /** Whether the MLP multiplies its activation by a second projection. Source: arXiv:2002.05202. */
  gated: z.boolean(),
  /** Whether a normalisation stands between the MLP's activation and its second map. */
  mlpInnerNorm: z.boolean(),
  /** Whether the MLP reads the stream that attention reads, not the one that attention has written to. */
  parallel: z.boolean(),

  /** Which linear maps add a bias: those of a layer, and the unembedding. */
  biases: z.object({
    queryKeyValue: z.boolean(),
    output: z.boolean(),
    mlp: z.boolean(),
    unembedding: z.boolean(),
  }),
  /** Whether the unembedding is the token embedding. */
  tiedEmbedding: z.boolean(),
  /** Logits become cap·tanh(logit/cap). */
  logitSoftcap: z.number().positive().nullable(),

  bosTokenId: id,
  eosTokenId: id,
  /** Layers whose z is z − c, their value bias folded away (sae/folded-bias.ts); none where it is left out. */
  foldedLayers: z.array(id).readonly().optional(),
});
export type ModelConfig = Readonly<z.infer<typeof modelConfigSchema>>;

/** A transformer's config and its weights, by the names and shapes of `tensorShapes`. */
export interface Model {
  readonly config: ModelConfig;
  /** The ids that its tokenizer can name, in order; other rows pad the embedding. Every row where it is left out. */
  readonly vocabulary?: Int32Array;
  readonly weights: Readonly<Record<string, FloatTensor>>;
}
