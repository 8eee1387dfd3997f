import { z } from 'zod';
import type { Family } from '../family.ts';
import type { ModelConfig, Rotary } from '../model.ts';
import { decoderPrefixes, gatedDecoder } from './gated-decoder.ts';
import { gemmaConventions, gemmaFields, storedGemma } from './gemma.ts';
import { activation, layerCount, positive, size } from './hub-fields.ts';
import { ropeFields, rotaryPositions } from './hub-rope.ts';
import { layerTypes, slidingLayers, windowsOf } from './hub-windows.ts';
import { parseHub } from './parse-hub.ts';

/** A config may leave out what is as in transformers' Gemma3TextConfig. */
const hubConfig = z.object({
  ...gemmaFields,
  num_hidden_layers: layerCount.default(26),
  num_attention_heads: size.default(8),
  num_key_value_heads: size.nullable().default(4),
  hidden_size: size.default(2304),
  intermediate_size: size.default(9216),
  max_position_embeddings: size.default(131072),
  vocab_size: size.default(262208),
  hidden_activation: activation.prefault('gelu_pytorch_tanh'),
  query_pre_attn_scalar: positive.default(256),
  attn_logit_softcapping: z.null().optional(),
  final_logit_softcapping: positive.nullish(),
  sliding_window: size.nullable().default(4096),
  layer_types: layerTypes,
  /** Every so many layers one has no window, where `layer_types` does not say. */
  sliding_window_pattern: size.nullish(),
  _sliding_window_pattern: size.nullish(),
  rope_local_base_freq: positive.nullish(),
  /** Newer configs have one for each type of layer. */
  rope_parameters: z.looseObject({ full_attention: ropeFields, sliding_attention: ropeFields }).nullish(),
});
type Hub = z.infer<typeof hubConfig>;

function parseText(json: unknown, modelType: string, file: string): ModelConfig {
  const hub = parseHub(hubConfig, json, file);
  const nLayers = hub.num_hidden_layers;
  const pattern = hub.sliding_window_pattern ?? hub._sliding_window_pattern ?? 6;
  const byPlace = Array.from({ length: nLayers }, (_, layer) => (layer + 1) % pattern !== 0);
  const sliding = hub.layer_types ? slidingLayers(hub.layer_types, nLayers, file) : byPlace;
  const conventions = {
    ...gemmaConventions(hub),
    modelType,
    activation: hub.hidden_activation,
    postNorms: true,
    queryKeyNorm: true,
    attentionScale: hub.query_pre_attn_scalar ** -0.5,
    logitSoftcap: hub.final_logit_softcapping ?? null,
    windows: windowsOf(sliding, hub.sliding_window, file),
    rotary: rotaries(hub, sliding, file),
  };
  return gatedDecoder({ ...hub, rope_parameters: undefined }, conventions, file);
}

/** Layers with a window turn by a θ of their own, and are not scaled in older configs. */
function rotaries(hub: Hub, sliding: readonly boolean[], file: string): Rotary[] {
  const { rope_parameters: newer, rope_scaling: older, head_dim: dims, max_position_embeddings: nContext } = hub;
  const at = (name: string) => ({ name, dims, nContext, file });
  const full = rotaryPositions(
    { ...newer?.full_attention, ...older },
    { ...at('rope_scaling'), theta: hub.rope_theta ?? 1_000_000 },
  );
  const local = rotaryPositions(newer?.sliding_attention, {
    ...at('rope_parameters.sliding_attention'),
    theta: hub.rope_local_base_freq ?? 10_000,
  });
  return sliding.map((isSliding) => (isSliding ? local : full));
}

/**
 * Gemma 3: Gemma 2's layer with normalised queries and keys in place of the cap of scores; five layers with a window and
 * positions of their own to one without.
 * Source: Kamath et al. 2025, arXiv:2503.19786; names and layout as Hugging Face's Gemma3ForCausalLM saves them.
 */
export const gemma3Text: Family = {
  modelType: 'gemma3_text',
  prefixes: decoderPrefixes,
  parseConfig: (json, file) => parseText(json, 'gemma3_text', file),
  stored: storedGemma,
};

const nestedConfig = z.looseObject({
  /** Its own implementation caps no logits, whatever is said here. */
  text_config: z.looseObject({ final_logit_softcapping: z.null().optional() }),
  tie_word_embeddings: z.boolean().nullish(),
});

/** Gemma 3 that sees images as well, of which the decoder of text is read. */
export const gemma3: Family = {
  modelType: 'gemma3',
  prefixes: decoderPrefixes,
  parseConfig(json, file) {
    const { text_config: text, tie_word_embeddings: tied } = parseHub(nestedConfig, json, file);
    const own = typeof tied === 'boolean' ? { ...text, tie_word_embeddings: tied } : text;
    return parseText(own, 'gemma3', `text_config of ${file}`);
  },
  stored: storedGemma,
};
