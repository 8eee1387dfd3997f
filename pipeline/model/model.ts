import { z } from 'zod';
import type { FloatTensor } from '../numbers/tensor.ts';

const size = z.int().positive();
const id = z.int().nonnegative();

/** Rotary positions: the first `dims` dimensions of every query and key are turned by position · frequency. */
const rotarySchema = z.object({
  dims: size,
  /** Radians a position, one for each pair of dimensions: [dims / 2]. */
  frequencies: z.array(z.number().positive()),
  /** Which two dimensions make a pair: i and i + dims/2 (halves), or 2i and 2i + 1 (neighbours). */
  pairs: z.enum(['halves', 'neighbours']),
});
export type Rotary = Readonly<z.infer<typeof rotarySchema>>;

/**
 * The sizes and conventions of a transformer, which its family reads from config.json. What a layer is made of follows
 * from it alone; only a family knows how a checkpoint names and lays out the tensors.
 */
export const modelConfigSchema = z.object({
  modelType: z.string(),
  nLayers: size,
  nHeads: size,
  /** Heads that share keys and values: nHeads / nKvHeads queries read each. Source: arXiv:2305.13245. */
  nKvHeads: size,
  dHead: size,
  dModel: size,
  dMlp: size,
  /** Longest context the model was made for, in tokens. */
  nContext: size,
  vocabSize: size,
  /** LayerNorm is centred and has a bias; RMSNorm has neither. Source: arXiv:1607.06450, arXiv:1910.07467. */
  norm: z.enum(['layer', 'rms']),
  /** Added to the variance, or to the mean square, inside a normalisation. */
  epsilon: z.number().positive(),
  positions: z.enum(['learned', 'none']),
  rotary: rotarySchema.nullable(),
  activation: z.enum(['gelu_new', 'gelu', 'relu', 'silu']),
  /** Whether the MLP multiplies its activation by a second projection. Source: arXiv:2002.05202. */
  gated: z.boolean(),
  /** Which of a layer's linear maps add a bias. */
  biases: z.object({ queryKeyValue: z.boolean(), output: z.boolean(), mlp: z.boolean() }),
  bosTokenId: id,
  eosTokenId: id,
  /** Whether the unembedding is the token embedding. */
  tiedEmbedding: z.boolean(),
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
