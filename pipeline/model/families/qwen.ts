import { z } from 'zod';
import type { Family } from '../family.ts';
import type { ModelConfig } from '../model.ts';
import { decoderFields, decoderPrefixes, gatedDecoder, storedDecoder } from './gated-decoder.ts';
import { activation, size } from './hub-fields.ts';
import { layerTypes, slidingLayers, windowsOf } from './hub-windows.ts';
import { parseHub } from './parse-hub.ts';

const hubFields = {
  ...decoderFields,
  max_position_embeddings: size.default(32768),
  hidden_act: activation.prefault('silu'),
  use_sliding_window: z.boolean().default(false),
  sliding_window: size.nullable().default(4096),
  /** The first layer with a window, where `layer_types` does not say. */
  max_window_layers: z.int().nonnegative().default(28),
  layer_types: layerTypes,
  tie_word_embeddings: z.boolean().default(false),
};
const qwen2Config = z.object(hubFields);
const qwen3Config = z.object({
  ...hubFields,
  head_dim: size.nullable().default(128),
  attention_bias: z.boolean().default(false),
});

function windows(hub: z.infer<typeof qwen2Config>, file: string): ModelConfig['windows'] {
  const { num_hidden_layers: nLayers, layer_types: types, max_window_layers: first } = hub;
  const window = hub.use_sliding_window ? hub.sliding_window : null;
  const byPlace = Array.from({ length: nLayers }, (_, layer) => window !== null && layer >= first);
  return windowsOf(types ? slidingLayers(types, nLayers, file) : byPlace, window, file);
}

/**
 * Qwen 2 and 2.5: Llama's layer with biases on queries, keys and values.
 * Source: Yang et al. 2024, arXiv:2407.10671; names and layout as Hugging Face's Qwen2ForCausalLM saves them.
 */
export const qwen2: Family = {
  modelType: 'qwen2',
  prefixes: decoderPrefixes,
  parseConfig(json, file) {
    const hub = parseHub(qwen2Config, json, file);
    const conventions = {
      modelType: 'qwen2',
      activation: hub.hidden_act,
      windows: windows(hub, file),
      biases: { queryKeyValue: true, output: false, mlp: false, unembedding: false },
      tiedEmbedding: hub.tie_word_embeddings,
    };
    return gatedDecoder(hub, conventions, file);
  },
  stored: storedDecoder,
};

/**
 * Qwen 3: Llama's layer with each head's queries and keys normalised, and heads whose width is its own.
 * Source: Yang et al. 2025, arXiv:2505.09388; names and layout as Hugging Face's Qwen3ForCausalLM saves them.
 */
export const qwen3: Family = {
  modelType: 'qwen3',
  prefixes: decoderPrefixes,
  parseConfig(json, file) {
    const hub = parseHub(qwen3Config, json, file);
    const { attention_bias: attention } = hub;
    const conventions = {
      modelType: 'qwen3',
      activation: hub.hidden_act,
      queryKeyNorm: true,
      windows: windows(hub, file),
      biases: { queryKeyValue: attention, output: attention, mlp: false, unembedding: false },
      tiedEmbedding: hub.tie_word_embeddings,
    };
    return gatedDecoder(hub, conventions, file);
  },
  stored: storedDecoder,
};
