import { z } from 'zod';
import { type Family, plusOne } from '../family.ts';
import type { ModelConfig } from '../model.ts';
import { decoderFields, decoderPrefixes, gatedDecoder, storedDecoder } from './gated-decoder.ts';
import { activation, size } from './hub-fields.ts';
import { parseHub } from './parse-hub.ts';

/** Fields of all Gemmas, with the values that a config leaves out. */
export const gemmaFields = {
  ...decoderFields,
  head_dim: size.default(256),
  max_position_embeddings: size.default(8192),
  attention_bias: z.boolean().default(false),
  use_bidirectional_attention: z.literal(false).nullish(),
  tie_word_embeddings: z.boolean().default(true),
};

/** Conventions of all Gemmas. */
export const gemmaConventions = (hub: {
  readonly hidden_size: number;
  readonly attention_bias: boolean;
  readonly tie_word_embeddings: boolean;
}) => ({
  /** √dModel, rounded to the precision that it is computed in. */
  embeddingScale: Math.fround(Math.sqrt(hub.hidden_size)),
  biases: { queryKeyValue: hub.attention_bias, output: hub.attention_bias, mlp: false, unembedding: false },
  tiedEmbedding: hub.tie_word_embeddings,
});

/** A gain is stored as what it exceeds 1 by. */
export const storedGemma = (config: ModelConfig) => storedDecoder(config, plusOne);

const hubConfig = z.object({
  ...gemmaFields,
  num_key_value_heads: size.nullable().default(16),
  hidden_act: activation.prefault('gelu_pytorch_tanh'),
  hidden_activation: activation.nullish(),
});

/**
 * Gemma 1: Llama's layer with heads whose width is its own, gains of 1 + w, the tanh approximation of GELU whichever of
 * the two a config names, and a token embedding multiplied by √dModel.
 * Source: Mesnard et al. 2024, arXiv:2403.08295; names and layout as Hugging Face's GemmaForCausalLM saves them.
 */
export const gemma: Family = {
  modelType: 'gemma',
  prefixes: decoderPrefixes,
  parseConfig(json, file) {
    const hub = parseHub(hubConfig, json, file);
    const named = hub.hidden_activation ?? hub.hidden_act;
    const conventions = {
      ...gemmaConventions(hub),
      modelType: 'gemma',
      activation: named === 'gelu' ? ('gelu_new' as const) : named,
    };
    return gatedDecoder(hub, conventions, file);
  },
  stored: storedGemma,
};
