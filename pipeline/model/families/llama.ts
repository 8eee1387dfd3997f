import { z } from 'zod';
import type { Family } from '../family.ts';
import { decoderFields, decoderPrefixes, gatedDecoder, storedDecoder } from './gated-decoder.ts';
import { activation, size } from './hub-fields.ts';
import { parseHub } from './parse-hub.ts';

const hubConfig = z.object({
  ...decoderFields,
  max_position_embeddings: size.default(2048),
  hidden_act: activation.prefault('silu'),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  sliding_window: z.null().optional(),
  tie_word_embeddings: z.boolean().default(false),
});

/**
 * Llama 1 to 3: rotary positions, RMSNorm, grouped key-value heads, gated MLP, biases in some.
 * Source: Touvron et al. 2023, arXiv:2302.13971; Grattafiori et al. 2024, arXiv:2407.21783; names and layout as Hugging
 * Face's LlamaForCausalLM saves them.
 */
export const llama: Family = {
  modelType: 'llama',
  prefixes: decoderPrefixes,
  parseConfig(json, file) {
    const hub = parseHub(hubConfig, json, file);
    const { attention_bias: attention, mlp_bias: mlp } = hub;
    const conventions = {
      modelType: 'llama',
      activation: hub.hidden_act,
      biases: { queryKeyValue: attention, output: attention, mlp, unembedding: false },
      tiedEmbedding: hub.tie_word_embeddings,
    };
    return gatedDecoder(hub, conventions, file);
  },
  stored: storedDecoder,
};
