import { z } from 'zod';
import type { Family } from '../family.ts';
import { decoderPrefixes, gatedDecoder } from './gated-decoder.ts';
import { gemmaConventions, gemmaFields, storedGemma } from './gemma.ts';
import { activation, positive, size } from './hub-fields.ts';
import { layerTypes, slidingLayers, windowsOf } from './hub-windows.ts';
import { parseHub } from './parse-hub.ts';

const hubConfig = z.object({
  ...gemmaFields,
  num_key_value_heads: size.nullable().default(4),
  hidden_activation: activation.prefault('gelu_pytorch_tanh'),
  query_pre_attn_scalar: positive.default(256),
  attn_logit_softcapping: positive.nullable().default(50),
  final_logit_softcapping: positive.nullable().default(30),
  sliding_window: size.nullable().default(4096),
  layer_types: layerTypes,
});

/**
 * Gemma 2: Gemma's layer with norms behind attention and MLP too, soft caps of scores and logits, a scale of the scores
 * of its own, and a window in every other layer, the first among them.
 * Source: Riviere et al. 2024, arXiv:2408.00118; names and layout as Hugging Face's Gemma2ForCausalLM saves them.
 */
export const gemma2: Family = {
  modelType: 'gemma2',
  prefixes: decoderPrefixes,
  parseConfig(json, file) {
    const hub = parseHub(hubConfig, json, file);
    const { num_hidden_layers: nLayers, layer_types: types } = hub;
    const byPlace = Array.from({ length: nLayers }, (_, layer) => layer % 2 === 0);
    const sliding = types ? slidingLayers(types, nLayers, file) : byPlace;
    const conventions = {
      ...gemmaConventions(hub),
      modelType: 'gemma2',
      activation: hub.hidden_activation,
      postNorms: true,
      attentionScale: hub.query_pre_attn_scalar ** -0.5,
      attentionSoftcap: hub.attn_logit_softcapping,
      logitSoftcap: hub.final_logit_softcapping,
      windows: windowsOf(sliding, hub.sliding_window, file),
    };
    return gatedDecoder(hub, conventions, file);
  },
  stored: storedGemma,
};
