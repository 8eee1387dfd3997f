import { z } from 'zod';
import type { Family } from '../family.ts';
import { decoderFields, decoderPrefixes, gatedDecoder, storedDecoder } from './gated-decoder.ts';
import { activation, size } from './hub-fields.ts';
import { windowsOf } from './hub-windows.ts';
import { parseHub } from './parse-hub.ts';

const hubConfig = z.object({
  ...decoderFields,
  num_key_value_heads: size.nullable().default(8),
  max_position_embeddings: size.default(131072),
  hidden_act: activation.prefault('silu'),
  /** Of every layer; where a config does not say, 4096. */
  sliding_window: size.nullable().default(4096),
  /** Layers of several kinds are Ministral's, another model_type. */
  layer_types: z.null().optional(),
  tie_word_embeddings: z.boolean().default(false),
});

/**
 * Mistral: Llama's layer with one attention window in all layers.
 * Source: Jiang et al. 2023, arXiv:2310.06825; names and layout as Hugging Face's MistralForCausalLM saves them.
 */
export const mistral: Family = {
  modelType: 'mistral',
  prefixes: decoderPrefixes,
  parseConfig(json, file) {
    const hub = parseHub(hubConfig, json, file);
    const { num_hidden_layers: nLayers, sliding_window: window } = hub;
    const conventions = {
      modelType: 'mistral',
      activation: hub.hidden_act,
      windows: windowsOf(new Array<boolean>(nLayers).fill(window !== null), window, file),
      biases: { queryKeyValue: false, output: false, mlp: false, unembedding: false },
      tiedEmbedding: hub.tie_word_embeddings,
    };
    return gatedDecoder(hub, conventions, file);
  },
  stored: storedDecoder,
};
